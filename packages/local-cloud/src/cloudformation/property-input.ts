import { AwsError } from '../api/aws-error.ts'
import { type Members, membersOf, validationError } from './template.ts'

/**
 * CloudFormation makes no resource whose name is taken, also by one that the same deployment is about to remove.
 *
 * @throws AwsError `AlreadyExistsException`
 */
export function refuseTaken(isTaken: boolean, name: string): void {
  if (isTaken) throw new AwsError('AlreadyExistsException', 400, `${name} already exists`)
}

/** CloudFormation takes numbers and booleans as text, too. */
export function optionalText(properties: Members, name: string): string | undefined {
  const value = properties[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw validationError(`Property ${name} must be a string.`)
}

export function requiredText(properties: Members, name: string): string {
  const value = optionalText(properties, name)
  if (value === undefined) throw validationError(`Property ${name} is missing.`)
  return value
}

export function optionalNumber(properties: Members, name: string): number | undefined {
  const text = optionalText(properties, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (text === '' || !Number.isFinite(value))
    throw validationError(`Property ${name} must be a number, not ${text}.`)
  return value
}

export function optionalFlag(properties: Members, name: string): boolean | undefined {
  const text = optionalText(properties, name)
  if (text === undefined) return undefined
  if (text !== 'true' && text !== 'false')
    throw validationError(`Property ${name} must be true or false, not ${text}.`)
  return text === 'true'
}

export function optionalMembers(properties: Members, name: string): Members | undefined {
  const value = properties[name]
  return value === undefined || value === null ? undefined : membersOf(value, `property ${name}`)
}

export function listOf(properties: Members, name: string): Members[] {
  return rawListOf(properties, name).map(item => membersOf(item, `an item of property ${name}`))
}

export function rawListOf(properties: Members, name: string): unknown[] {
  const value = properties[name] ?? []
  if (!Array.isArray(value)) throw validationError(`Property ${name} must be a list.`)
  return value
}

/** A map with values as text, such as a function's environment. */
export function textMap(properties: Members, name: string): Record<string, string> {
  const given = optionalMembers(properties, name) ?? {}
  return Object.fromEntries(Object.keys(given).map(key => [key, requiredText(given, key)]))
}

/** `{ LambdaArn: { FunctionName } }` as `{ lambdaArn: { functionName } }`, all the way down; lists, too. */
export function lowerCamel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCamel)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      lowerCamel(inner),
    ]),
  )
}
