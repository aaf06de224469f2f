import { type AwsError, invalidRequest } from '../api/aws-error.ts'

/** Reads typed members of a request, with the bounds of AWS's model, or refuses the request. */

export type Members = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const failed = (name: string, value: unknown, constraint: string): AwsError =>
  invalidRequest(
    `1 validation error detected: Value '${String(value)}' at '${name}' failed to satisfy constraint: ${constraint}`,
  )

export interface Bounds {
  min: number
  max: number
  /** Digits allowed after the decimal point; 0 where absent. */
  decimals?: number
}

export function numberMember(members: Members, name: string, bounds: Bounds): number | undefined {
  const value = members[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw failed(name, value, 'Member must be a number')
  if (value < bounds.min)
    throw failed(name, value, `Member must have value greater than or equal to ${bounds.min}`)
  if (value > bounds.max)
    throw failed(name, value, `Member must have value less than or equal to ${bounds.max}`)
  const scale = 10 ** (bounds.decimals ?? 0)
  if (Math.abs(Math.round(value * scale) - value * scale) > 1e-6)
    throw failed(
      name,
      value,
      `Member must have at most ${bounds.decimals ?? 0} digits after the decimal point`,
    )
  return value
}

export function requiredNumber(members: Members, name: string, bounds: Bounds): number {
  const value = numberMember(members, name, bounds)
  if (value === undefined) throw failed(name, null, 'Member must not be null')
  return value
}

export function choiceMember<T extends string>(
  members: Members,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = members[name]
  if (value === undefined || value === null) return undefined
  const choice = choices.find(known => known === value)
  if (choice === undefined)
    throw failed(name, value, `Member must satisfy enum value set: [${choices.join(', ')}]`)
  return choice
}

export function requiredChoice<T extends string>(members: Members, name: string, choices: readonly T[]): T {
  const choice = choiceMember(members, name, choices)
  if (choice === undefined) throw failed(name, null, 'Member must not be null')
  return choice
}

export function listMember(
  members: Members,
  name: string,
  bounds: { min: number; max: number },
): unknown[] | undefined {
  const value = members[name]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw failed(name, value, 'Member must be a list')
  if (value.length < bounds.min || value.length > bounds.max)
    throw failed(name, `${value.length} items`, `Member must have ${bounds.min} to ${bounds.max} items`)
  return value as unknown[]
}

export function objectItem(item: unknown, name: string): Members {
  if (!isObject(item)) throw failed(name, item, 'Member must be an object')
  return item
}

export function stringItem(item: unknown, name: string): string {
  if (typeof item !== 'string') throw failed(name, item, 'Member must be a string')
  return item
}

/** An id as job ids and template ids are: 1 to 64 of letters, digits, `-` and `_`. */
export function checkedId(name: string, value: string): string {
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(value))
    throw failed(name, value, 'Member must satisfy regular expression pattern: [a-zA-Z0-9_-]{1,64}')
  return value
}

/** Members that AWS has and this cloud does not do: refused by name rather than silently ignored. */
export function refuseMembers(members: Members, names: readonly string[]): void {
  for (const name of names)
    if (members[name] !== undefined && members[name] !== null)
      throw invalidRequest(`'${name}' is not supported by the local cloud; leave it out.`)
}
