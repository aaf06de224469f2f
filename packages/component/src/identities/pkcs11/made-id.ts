import { randomBytes } from 'node:crypto'

/** In every CKA_ID that this component gives to a key, so that what it has made is known without its note: `rotr`. */
const mark = '726f7472'

/** @returns a CKA_ID of 16 bytes in hexadecimal that no other object has */
export const madeId = (): string => mark + randomBytes(12).toString('hex')

export const isMadeId = (id: string): boolean => id.length === 32 && id.startsWith(mark)
