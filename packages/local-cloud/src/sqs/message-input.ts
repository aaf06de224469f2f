import { AwsError } from '../api/aws-error.ts'
import type { MessageAttribute } from './message-digest.ts'

type Members = Readonly<Record<string, unknown>>

export const missingParameter = (name: string) =>
  new AwsError('MissingParameter', 400, `The request must contain the parameter ${name}.`)

export const invalidParameter = (message: string) =>
  new AwsError('InvalidParameterValueException', 400, message, { queryErrorCode: 'InvalidParameterValue' })

export function text(members: Members, name: string): string {
  const value = members[name]
  if (value === undefined) throw missingParameter(name)
  if (typeof value !== 'string') throw invalidParameter(`The parameter ${name} must be a string.`)
  return value
}

/** A whole number within bounds; the query protocol sends it as text. */
export function wholeNumber(members: Members, name: string, least: number, most: number): number | undefined {
  const given = members[name]
  if (given === undefined || given === null) return undefined
  const value = typeof given === 'string' && given !== '' ? Number(given) : given
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw invalidParameter(
      `Value ${JSON.stringify(given)} for parameter ${name} is invalid. Reason: Must be >= ${least} and <= ${most}.`,
    )
  return value
}

function attribute(name: string, given: unknown): MessageAttribute {
  const { DataType, StringValue, BinaryValue } = (given ?? {}) as Members
  if (typeof DataType !== 'string' || !/^(String|Number|Binary)(\..+)?$/.test(DataType))
    throw invalidParameter(`The message attribute '${name}' has an invalid message attribute type.`)
  const isBinary = DataType.startsWith('Binary')
  const value = isBinary ? BinaryValue : StringValue
  if (typeof value !== 'string' || value === '')
    throw invalidParameter(`The message attribute '${name}' must contain a non-empty value for its type.`)
  return { dataType: DataType, value: isBinary ? Buffer.from(value, 'base64') : value }
}

/** @throws AwsError for an attribute without type or value, and for more than ten */
export function messageAttributes(members: Members): Map<string, MessageAttribute> {
  const given = members['MessageAttributes'] ?? {}
  if (typeof given !== 'object') throw invalidParameter('MessageAttributes must be a map.')
  const parsed = new Map(Object.entries(given).map(([name, value]) => [name, attribute(name, value)]))
  if (parsed.size > 10)
    throw invalidParameter('Number of message attributes exceeds the allowed maximum [10].')
  return parsed
}

export function describeAttribute({ dataType, value }: MessageAttribute): Members {
  return typeof value === 'string'
    ? { DataType: dataType, StringValue: value }
    : { DataType: dataType, BinaryValue: value.toString('base64') }
}
