/** Where a call goes: the planes have quotas of their own. */
export type Plane = 'control' | 'jobs' | 'data' | 'queue'

export interface BudgetedCall {
  by: 'create' | 'commit' | 'finish' | 'retire'
  name: string
  plane: Plane
  /** How often one rotation makes it. */
  times: number
}

/**
 * The calls of the backend in one rotation of a thing that has rotated before, with one policy at its certificate and
 * AWS IoT as the issuer, where OLD is deleted as soon as it is deactivated. A test counts them at the local cloud.
 */
export const rotationCalls: readonly BudgetedCall[] = [
  { by: 'create', name: 'DescribeJobExecution', plane: 'jobs', times: 1 },
  { by: 'create', name: 'GetThingShadow', plane: 'data', times: 1 },
  { by: 'create', name: 'ListThingPrincipalsV2', plane: 'control', times: 1 },
  { by: 'create', name: 'CreateCertificateFromCsr', plane: 'control', times: 1 },
  { by: 'create', name: 'UpdateThingShadow', plane: 'data', times: 1 },
  { by: 'create', name: 'AttachThingPrincipal', plane: 'control', times: 1 },
  { by: 'create', name: 'ListAttachedPolicies', plane: 'control', times: 1 },
  { by: 'create', name: 'AttachPolicy', plane: 'control', times: 1 },
  { by: 'create', name: 'Publish', plane: 'data', times: 1 },
  { by: 'commit', name: 'DescribeJobExecution', plane: 'jobs', times: 1 },
  { by: 'commit', name: 'GetThingShadow', plane: 'data', times: 1 },
  { by: 'commit', name: 'UpdateThingShadow', plane: 'data', times: 1 },
  { by: 'commit', name: 'Publish', plane: 'data', times: 1 },
  { by: 'finish', name: 'GetThingShadow', plane: 'data', times: 1 },
  { by: 'finish', name: 'UpdateThingShadow', plane: 'data', times: 1 },
  { by: 'finish', name: 'SendMessageBatch', plane: 'queue', times: 1 },
  { by: 'retire', name: 'GetThingShadow', plane: 'data', times: 1 },
  { by: 'retire', name: 'ListThingPrincipalsV2', plane: 'control', times: 1 },
  { by: 'retire', name: 'UpdateCertificate', plane: 'control', times: 1 },
  { by: 'retire', name: 'DetachThingPrincipal', plane: 'control', times: 1 },
  { by: 'retire', name: 'DeleteCertificate', plane: 'control', times: 1 },
  { by: 'retire', name: 'UpdateThingShadow', plane: 'data', times: 1 },
]

/**
 * What a hold between deactivating and deleting adds, counted likewise. The message goes back to the queue, once more
 * for every quarter of an hour, together with up to nine others.
 */
export const holdCalls: readonly BudgetedCall[] = [
  { by: 'retire', name: 'SendMessageBatch', plane: 'queue', times: 1 },
  { by: 'retire', name: 'GetThingShadow', plane: 'data', times: 1 },
]

export const countOf = (calls: readonly BudgetedCall[], ...planes: readonly Plane[]): number =>
  calls.filter(({ plane }) => planes.includes(plane)).reduce((sum, { times }) => sum + times, 0)
