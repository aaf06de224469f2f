import { type Members, oneOf, structure, validationError } from './members.ts'

const dayMs = 24 * 3_600_000
/** Certificates of a short-lived authority last at most so long. */
export const shortLivedMs = 7 * dayMs

const ends = {
  DAYS: (value: number, now: number) => now + value * dayMs,
  MONTHS: (value: number, now: number) => monthsLater(value, now),
  YEARS: (value: number, now: number) => monthsLater(12 * value, now),
  /** Seconds since the epoch. */
  ABSOLUTE: (value: number) => value * 1000,
}

/** Reads a `Validity` as the end that it means, in milliseconds since the epoch. */
export function endOfValidity(input: Members, now: number): number {
  const validity = structure(input, 'Validity')
  const { Value: value } = validity
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw validationError("Value at 'validity.value' must be a whole number of 1 or more")
  return ends[oneOf(validity, 'Type', ends)](value, now)
}

function monthsLater(months: number, now: number): number {
  const date = new Date(now)
  date.setUTCMonth(date.getUTCMonth() + months)
  return date.getTime()
}
