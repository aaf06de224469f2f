/** Where the members of a command's input go that are neither part of the path nor of the JSON body. */
export interface Binding {
  /** Query parameters by member. */
  query?: Readonly<Record<string, string>>
  /** Headers by member. */
  headers?: Readonly<Record<string, string>>
  /** The member that is the raw body. */
  payload?: string
  /** The answer is a raw body, and this its member. */
  answer?: string
}

const page = { nextToken: 'nextToken', maxResults: 'maxResults' } as const
const principal = { principal: 'x-amzn-principal' } as const
const type = { thingPrincipalType: 'thingPrincipalType' } as const
const shadow = { shadowName: 'name' } as const

/** As in AWS's service models, by service and operation. What is not here goes to the body. */
export const bindings: Readonly<Record<string, Binding>> = {
  'iot ListThingPrincipalsV2': { query: { ...page, ...type } },
  'iot ListAttachedPolicies': { query: { marker: 'marker', pageSize: 'pageSize', recursive: 'recursive' } },
  'iot AttachThingPrincipal': { query: type, headers: principal },
  'iot DetachThingPrincipal': { headers: principal },
  'iot ListPrincipalPolicies': {
    query: { marker: 'marker', pageSize: 'pageSize' },
    headers: { principal: 'x-amzn-iot-principal' },
  },
  'iot CreateCertificateFromCsr': { query: { setAsActive: 'setAsActive' } },
  'iot UpdateCertificate': { query: { newStatus: 'newStatus' } },
  'iot DeleteCertificate': { query: { forceDelete: 'forceDelete' } },
  'iot ListJobs': { query: { ...page, status: 'status', targetSelection: 'targetSelection' } },
  'iot ListJobExecutionsForJob': { query: { ...page, status: 'status' } },
  'iot ListJobExecutionsForThing': { query: { ...page, status: 'status', jobId: 'jobId' } },
  'iot DescribeJobExecution': { query: { executionNumber: 'executionNumber' } },
  'iot ListThings': { query: page },
  'iot CancelJob': { query: { force: 'force' } },
  'iot CancelJobExecution': { query: { force: 'force' } },
  'iot DeleteJob': { query: { force: 'force' } },
  'iot DeleteJobExecution': { query: { force: 'force' } },
  'iotdata GetThingShadow': { query: shadow, answer: 'payload' },
  'iotdata UpdateThingShadow': { query: shadow, payload: 'payload', answer: 'payload' },
  'iotdata DeleteThingShadow': { query: shadow },
  'iotdata Publish': { query: { qos: 'qos', retain: 'retain' }, payload: 'payload' },
  'iot-jobs-data DescribeJobExecution': {
    query: { executionNumber: 'executionNumber', includeJobDocument: 'includeJobDocument' },
  },
}
