import type { Engine } from './engine.ts'
import type { ExecutionStatus, JobExecution } from './job.ts'
import { executionStatuses } from './job.ts'
import { isObject, type Members } from './members.ts'

/** The codes with which Jobs rejects what a device asks by MQTT. */
export type RejectedCode =
  | 'InvalidTopic'
  | 'InvalidJson'
  | 'InvalidRequest'
  | 'InvalidStateTransition'
  | 'ResourceNotFound'
  | 'VersionMismatch'
  | 'InternalError'
  | 'RequestThrottled'
  | 'TerminalStateReached'

/** A request that is rejected, the same by MQTT and by HTTP. */
export class DeviceRequestRejected extends Error {
  readonly code: RejectedCode
  /** The execution that stood in the way: for InvalidStateTransition and VersionMismatch. */
  readonly execution: JobExecution | undefined

  constructor(code: RejectedCode, message: string, execution?: JobExecution) {
    super(message)
    this.name = code
    this.code = code
    this.execution = execution
  }
}

export const invalid = (message: string): DeviceRequestRejected =>
  new DeviceRequestRejected('InvalidRequest', message)

export interface UpdateRequest {
  status: ExecutionStatus
  statusDetails: Record<string, string> | undefined
  expectedVersion: number | undefined
  executionNumber: number | undefined
  includeJobExecutionState: boolean
  includeJobDocument: boolean
  stepTimeoutInMinutes: number | undefined
}

export function parseUpdate(body: Members): UpdateRequest {
  const { status } = body
  if (status === undefined || status === null)
    throw invalid("Value null at 'status' failed to satisfy constraint: Member must not be null")
  const known = executionStatuses.find(candidate => candidate === status)
  if (known === undefined)
    throw invalid(
      `Value '${JSON.stringify(status)}' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [${executionStatuses.join(', ')}]`,
    )
  return {
    status: known,
    statusDetails: parseStatusDetails(body['statusDetails']),
    expectedVersion: wholeNumber(body, 'expectedVersion', { alsoText: true }),
    executionNumber: wholeNumber(body, 'executionNumber'),
    includeJobExecutionState: flag(body, 'includeJobExecutionState', false),
    includeJobDocument: flag(body, 'includeJobDocument', false),
    stepTimeoutInMinutes: parseStepTimeout(body),
  }
}

export interface StartNextRequest {
  statusDetails: Record<string, string> | undefined
  stepTimeoutInMinutes: number | undefined
}

export function parseStartNext(body: Members): StartNextRequest {
  return {
    statusDetails: parseStatusDetails(body['statusDetails']),
    stepTimeoutInMinutes: parseStepTimeout(body),
  }
}

export interface DescribeRequest {
  executionNumber: number | undefined
  includeJobDocument: boolean
}

export function parseDescribe(body: Members): DescribeRequest {
  return {
    executionNumber: wholeNumber(body, 'executionNumber'),
    includeJobDocument: flag(body, 'includeJobDocument', true),
  }
}

/** Up to 10 pairs; a boolean or number is taken as its text, as v1 devices send `true`. */
export function parseStatusDetails(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw invalid("Value at 'statusDetails' is not a map of strings")
  const entries = Object.entries(value)
  if (entries.length > 10) throw invalid("Value at 'statusDetails' has more than 10 entries")
  return Object.fromEntries(entries.map(([key, detail]) => [checkedKey(key), checkedDetail(key, detail)]))
}

function checkedKey(key: string): string {
  if (!/^[a-zA-Z0-9:_-]{1,128}$/.test(key))
    throw invalid(
      `Key '${key}' of 'statusDetails' must satisfy regular expression pattern: [a-zA-Z0-9:_-]{1,128}`,
    )
  return key
}

function checkedDetail(key: string, detail: unknown): string {
  const isScalar = typeof detail === 'string' || typeof detail === 'boolean' || typeof detail === 'number'
  if (!isScalar) throw invalid(`Value of '${key}' in 'statusDetails' is not a string`)
  const text = String(detail)
  if (!/^\P{C}{1,1024}$/u.test(text))
    throw invalid(`Value of '${key}' in 'statusDetails' must be 1 to 1024 printable characters`)
  return text
}

function parseStepTimeout(body: Members): number | undefined {
  const minutes = wholeNumber(body, 'stepTimeoutInMinutes')
  if (minutes !== undefined && minutes !== -1 && (minutes < 1 || minutes > 10080))
    throw invalid("Value at 'stepTimeoutInMinutes' must be -1 or from 1 to 10080")
  return minutes
}

/** The embedded C SDK sends the expected version as text. */
function wholeNumber(body: Members, name: string, { alsoText } = { alsoText: false }): number | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  const number = alsoText && typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw invalid(`Value at '${name}' is not a whole number`)
  return number
}

function flag(body: Members, name: string, whenAbsent: boolean): boolean {
  const value = body[name]
  if (value === undefined || value === null) return whenAbsent
  if (typeof value !== 'boolean') throw invalid(`Value at '${name}' is not a boolean`)
  return value
}

/** Refuses what is asked in the name of a thing that is not registered. */
export function checkThing(engine: Engine, thingName: string): void {
  if (!engine.registry.thingExists(thingName))
    throw new DeviceRequestRejected('ResourceNotFound', `Thing ${thingName} not found.`)
}
