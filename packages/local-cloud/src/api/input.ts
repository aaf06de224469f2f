import { type AwsError, invalidRequest } from './aws-error.ts'

type Members = Readonly<Record<string, unknown>>

const missing = (name: string): AwsError =>
  invalidRequest(
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  )

/** A member that must be there and be a string that is not empty. */
export function requiredString(members: Members, name: string): string {
  const value = optionalString(members, name)
  if (value === undefined) throw missing(name)
  if (value === '') throw invalidRequest(`Member '${name}' must have length greater than or equal to 1`)
  return value
}

export function optionalString(members: Members, name: string): string | undefined {
  const value = members[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalidRequest(`Member '${name}' must be a string`)
  return value
}

export function optionalBoolean(members: Members, name: string): boolean | undefined {
  const value = members[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw invalidRequest(`Member '${name}' must be a boolean`)
  return value
}

/** A structure or map; unknown members of it are the caller's matter. */
export function optionalObject(members: Members, name: string): Members | undefined {
  const value = members[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalidRequest(`Member '${name}' must be an object`)
  return value as Members
}

/** A map of strings to strings, such as the attributes of a thing. */
export function optionalStringMap(members: Members, name: string): Record<string, string> | undefined {
  const value = optionalObject(members, name)
  if (value === undefined) return undefined
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (typeof inner !== 'string') throw invalidRequest(`Member '${name}.${key}' must be a string`)
      return [key, inner]
    }),
  )
}

/** A boolean of the query string: `true` or `false`, else the default. */
export function queryFlag(query: URLSearchParams, name: string, whenAbsent = false): boolean {
  const value = query.get(name)
  if (value === null) return whenAbsent
  if (value !== 'true' && value !== 'false')
    throw invalidRequest(`Query parameter '${name}' must be a boolean`)
  return value === 'true'
}

/** A header that must be there, such as `x-amzn-principal`. */
export function requiredHeader(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  name: string,
): string {
  const value = headers[name]
  if (typeof value !== 'string' || value === '') throw missing(name)
  return value
}
