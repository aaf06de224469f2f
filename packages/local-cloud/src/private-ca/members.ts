import { AwsError } from '../api/aws-error.ts'

export type Members = Readonly<Record<string, unknown>>

/** What a request of AWS Private CA answers where a member of it is missing or wrong. */
export const validationError = (message: string): AwsError =>
  new AwsError('ValidationException', 400, message)

/** A string that must be there. */
export function text(members: Members, name: string): string {
  const value = optionalText(members, name)
  if (value === undefined) throw validationError(`Value null at '${name}' must not be null`)
  return value
}

export function optionalText(members: Members, name: string): string | undefined {
  const value = members[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && value !== '') return value
  throw validationError(`Value at '${name}' must be a string that is not empty`)
}

/** A structure that must be there. */
export function structure(members: Members, name: string): Members {
  const value = members[name]
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw validationError(`Value at '${name}' must be a structure`)
}

/** One of the names of a table. */
export function oneOf<T extends object>(members: Members, name: string, table: T): keyof T {
  const value = text(members, name)
  if (isKey(table, value)) return value
  throw validationError(
    `Value '${value}' at '${name}' must be one of [${Object.keys(table).join(', ')}] in this imitation`,
  )
}

function isKey<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key)
}
