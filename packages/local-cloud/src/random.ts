import { randomBytes, randomUUID } from 'node:crypto'

/** The cloud's only source of chance besides its keys. */
export const newUuid = (): string => randomUUID()

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** So many characters, each with five bits of chance. */
export function randomText(length: number): string {
  return Array.from(randomBytes(length), byte => alphabet[byte % 32]).join('')
}
