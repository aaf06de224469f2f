import { claim } from '../target.ts'

/** What ids look like, said once more without the schemas of the product. */
const certificateIdLength = 64

const isMadeOf = (text: string, alphabet: string, most: number): boolean =>
  text.length > 0 && text.length <= most && Array.from(text).every(character => alphabet.includes(character))

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

export const isThingName = (value: unknown): boolean =>
  typeof value === 'string' && isMadeOf(value, `${letters}:_-`, 128)
export const isJobId = (value: unknown): boolean =>
  typeof value === 'string' && isMadeOf(value, `${letters}_-`, 64)
/** Also of a digest. */
export const isCertificateId = (value: unknown): boolean =>
  typeof value === 'string' &&
  value.length === certificateIdLength &&
  isMadeOf(value, '0123456789abcdef', certificateIdLength)
export const isCount = (value: unknown, least: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least

const shapes: Readonly<Record<string, (value: unknown) => boolean>> = {
  jobId: isJobId,
  executionNumber: value => isCount(value, 1),
  certificateId: isCertificateId,
  oldCertificateId: isCertificateId,
  newCertificateId: isCertificateId,
  keep: isCertificateId,
  csrDigest: isCertificateId,
  turn: value => isCount(value, 0),
  confirmed: value => typeof value === 'boolean',
  retryable: value => typeof value === 'boolean',
  errorMsg: value => typeof value === 'string',
  code: value => typeof value === 'string',
  clientToken: value => typeof value === 'string',
  certificatePem: value => typeof value === 'string',
}

/** Every field that a name promises something about keeps it, or is not there. */
export function claimShapes(fields: object): void {
  for (const [name, value] of Object.entries(fields)) {
    const fits = shapes[name]
    claim(
      value === undefined || fits === undefined || fits(value),
      `${name} was accepted as ${JSON.stringify(value)?.slice(0, 200)}`,
    )
  }
}

/** A JSON text that came from outside: undefined where it is none. */
export function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
