import { AwsError } from '../api/aws-error.ts'

/** What can be set on a queue. Times in seconds, as AWS names and bounds them. */
export interface QueueAttributes {
  delaySeconds: number
  visibilityTimeoutSeconds: number
  retentionSeconds: number
  maximumBytes: number
  waitSeconds: number
  redrive?: { deadLetterTargetArn: string; maxReceiveCount: number }
  /** Kept and given back; nothing acts on them. */
  others: Readonly<Record<string, string>>
}

const kept = new Set([
  'Policy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
])

const known = new Set([
  ...kept,
  'DelaySeconds',
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'MaximumMessageSize',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
])

const invalidValue = (name: string) =>
  new AwsError('InvalidAttributeValue', 400, `Invalid value for the parameter ${name}.`)

function within(
  given: Readonly<Record<string, string>>,
  name: string,
  least: number,
  most: number,
  otherwise: number,
) {
  const text = given[name]
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) throw invalidValue(name)
  return value
}

function parseRedrive(text: string | undefined): QueueAttributes['redrive'] {
  if (text === undefined || text === '') return undefined
  try {
    const policy: unknown = JSON.parse(text)
    const { deadLetterTargetArn, maxReceiveCount } = policy as Record<string, unknown>
    const count = Number(maxReceiveCount)
    if (typeof deadLetterTargetArn === 'string' && Number.isInteger(count) && count >= 1 && count <= 1000)
      return { deadLetterTargetArn, maxReceiveCount: count }
  } catch {
    // Said below in AWS's words.
  }
  throw invalidValue('RedrivePolicy')
}

/** @throws AwsError `InvalidAttributeName`, `InvalidAttributeValue` */
export function parseQueueAttributes(given: Readonly<Record<string, string>>): QueueAttributes {
  const unknown = Object.keys(given).find(name => !known.has(name))
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', 400, `Unknown Attribute ${unknown}.`)
  const redrive = parseRedrive(given['RedrivePolicy'])
  return {
    delaySeconds: within(given, 'DelaySeconds', 0, 900, 0),
    visibilityTimeoutSeconds: within(given, 'VisibilityTimeout', 0, 43_200, 30),
    retentionSeconds: within(given, 'MessageRetentionPeriod', 60, 1_209_600, 345_600),
    maximumBytes: within(given, 'MaximumMessageSize', 1024, 1_048_576, 1_048_576),
    waitSeconds: within(given, 'ReceiveMessageWaitTimeSeconds', 0, 20, 0),
    ...(redrive && { redrive }),
    others: Object.fromEntries(Object.entries(given).filter(([name]) => kept.has(name))),
  }
}

export function describeQueueAttributes(attributes: QueueAttributes): Record<string, string> {
  return {
    DelaySeconds: String(attributes.delaySeconds),
    VisibilityTimeout: String(attributes.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(attributes.retentionSeconds),
    MaximumMessageSize: String(attributes.maximumBytes),
    ReceiveMessageWaitTimeSeconds: String(attributes.waitSeconds),
    ...(attributes.redrive && { RedrivePolicy: JSON.stringify(attributes.redrive) }),
    ...attributes.others,
  }
}
