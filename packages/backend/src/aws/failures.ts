/**
 * What an AWS call's failure means, told from the error that the SDK throws after its own retries.
 *
 * `again`: it may work later (throttled, unavailable, no connection). Everything else is `final`.
 */
export function failureKind(error: unknown): 'again' | 'final' {
  if (!(error instanceof Error)) return 'final'
  if (throttlings.has(error.name) || connectionLost.has(error.name)) return 'again'
  const status = statusOf(error)
  // Without an answer there is no status: the connection failed.
  if (status === undefined) return 'code' in error ? 'again' : 'final'
  return status >= 500 || status === 429 ? 'again' : 'final'
}

const throttlings = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
])
const connectionLost = new Set(['TimeoutError', 'RequestTimeout', 'NetworkingError'])

/** Whether AWS answered with one of these error codes. */
export const isNamed = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name)

/** The HTTP status of AWS's answer; undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
  const status: unknown = Object(Object(error).$metadata).httpStatusCode
  return typeof status === 'number' ? status : undefined
}

/** The error in one line, for a log or an operator. */
export const describeError = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)
