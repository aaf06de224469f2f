const id = 'f'.repeat(64)

/** Payloads that nobody of us sends. */
export const strangeTexts: readonly string[] = [
  '',
  'null',
  '[]',
  '{}',
  '{"jobId":7}',
  '{"__proto__":{"jobId":"J1"}}',
  '{"jobId":"J1","csr":"","executionNumber":1}',
  '{"jobId":"J1","executionNumber":1,"csr":"-----BEGIN CERTIFICATE REQUEST-----\\nAAAA\\n-----END CERTIFICATE REQUEST-----\\n"}',
  `{"jobId":"J1","executionNumber":1,"certificateId":"${id}","turn":0}`,
  `{"jobId":"J1","executionNumber":1,"certificateId":"${id}","turn":9}`,
  '{"jobId":"no-such-job","executionNumber":1,"turn":0}',
  '{"certificatePem":"nonsense"}',
  '{"errorMsg":"no"}',
  `{"certificateId":"${id}","jobId":"J1","executionNumber":1,"turn":0}`,
  '{"execution":{"jobId":"J1","status":"CANCELED","executionNumber":1}}',
  '{"code":"InvalidStateTransition","executionState":{"status":"NONSENSE"}}',
]
