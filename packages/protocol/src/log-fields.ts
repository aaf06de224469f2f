/** Names of the fields in every log line, on the device and in the cloud alike. */
export const logFields = {
  thingName: 'thingName',
  jobId: 'jobId',
  executionNumber: 'executionNumber',
  phase: 'phase',
  event: 'event',
  from: 'from',
  to: 'to',
  /** The row of the record's table that decided, and those that left the decision to it. */
  row: 'row',
  passed: 'passed',
  code: 'code',
  /** Why a device ended an execution FAILED. */
  failureCode: 'failureCode',
  /** Milliseconds from the start of an execution to the commit of its certificate. */
  durationMs: 'durationMs',
  certificateId: 'certificateId',
} as const
