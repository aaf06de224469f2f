/** Names of the fields in every log line, on the device and in the cloud alike. */
export const logFields = {
  thingName: 'thingName',
  jobId: 'jobId',
  executionNumber: 'executionNumber',
  phase: 'phase',
  event: 'event',
  from: 'from',
  to: 'to',
  code: 'code',
  certificateId: 'certificateId',
} as const
