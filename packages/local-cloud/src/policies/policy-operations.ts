import { queryFlag, requiredHeader, requiredString } from '../api/input.ts'
import { iotOperation } from '../api/iot-operation.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import { byMarker, page } from '../registry/paging.ts'
import type { Policies, Policy } from './policies.ts'

export interface PolicyDependencies {
  clock: Clock
  policies: Policies
  /** Throws where the target is unknown: a certificate's or a thing group's ARN, or a Cognito identity. */
  checkTarget: (target: string) => void
  /** ARNs of the parents of a thing group, from the root; [] for any other target. */
  ancestorsOf: (target: string) => string[]
}

const policyHeader = 'x-amzn-iot-principal'

export function policyOperations(deps: PolicyDependencies): RestOperation[] {
  return [...policyLife(deps), ...attaching(deps), ...listings(deps)]
}

function summary({ policyName, policyArn }: Policy) {
  return { policyName, policyArn }
}

function policyLife({ clock, policies }: PolicyDependencies): RestOperation[] {
  return [
    iotOperation('CreatePolicy', 'POST', '/policies/{policyName}', ({ params, body }) => {
      const policy = policies.create(nameIn(params), requiredString(body, 'policyDocument'), clock.now())
      const policyDocument = policies.getVersion(policy.policyName, '1').document
      return { ...summary(policy), policyDocument, policyVersionId: '1' }
    }),
    iotOperation('GetPolicy', 'GET', '/policies/{policyName}', ({ params }) => {
      const policy = policies.get(nameIn(params))
      const { document, createdAt } = policies.getVersion(policy.policyName, policy.defaultVersionId)
      return {
        ...summary(policy),
        policyDocument: document,
        defaultVersionId: policy.defaultVersionId,
        creationDate: createdAt / 1000,
        lastModifiedDate: createdAt / 1000,
        generationId: policy.generationId,
      }
    }),
    iotOperation('DeletePolicy', 'DELETE', '/policies/{policyName}', ({ params }) =>
      policies.delete(nameIn(params), clock.now()),
    ),
    iotOperation('ListPolicies', 'GET', '/policies', ({ query }) =>
      listed(policies.all().map(summary), query),
    ),
  ]
}

function attaching({ clock, policies, checkTarget }: PolicyDependencies): RestOperation[] {
  const attach = (policyName: string, target: string) => {
    checkTarget(target)
    policies.attach(policyName, target, clock.now())
  }
  const detach = (policyName: string, target: string) => policies.detach(policyName, target, clock.now())
  return [
    iotOperation('AttachPolicy', 'PUT', '/target-policies/{policyName}', ({ params, body }) =>
      attach(nameIn(params), requiredString(body, 'target')),
    ),
    iotOperation('DetachPolicy', 'POST', '/target-policies/{policyName}', ({ params, body }) =>
      detach(nameIn(params), requiredString(body, 'target')),
    ),
    iotOperation('AttachPrincipalPolicy', 'PUT', '/principal-policies/{policyName}', ({ params, headers }) =>
      attach(nameIn(params), requiredHeader(headers, policyHeader)),
    ),
    iotOperation(
      'DetachPrincipalPolicy',
      'DELETE',
      '/principal-policies/{policyName}',
      ({ params, headers }) => detach(nameIn(params), requiredHeader(headers, policyHeader)),
    ),
  ]
}

function listings({ clock, policies, checkTarget, ancestorsOf }: PolicyDependencies): RestOperation[] {
  return [
    iotOperation('ListAttachedPolicies', 'POST', '/attached-policies/{target+}', ({ params, query }) => {
      const target = params['target'] ?? ''
      checkTarget(target)
      const targets = queryFlag(query, 'recursive') ? [...ancestorsOf(target), target] : [target]
      const attached = targets.flatMap(each => policies.listAttached(each, clock.now()))
      return listed([...new Set(attached)].map(summary), query)
    }),
    iotOperation('ListPrincipalPolicies', 'GET', '/principal-policies', ({ headers, query }) => {
      const target = requiredHeader(headers, policyHeader)
      checkTarget(target)
      return listed(policies.listAttached(target, clock.now()).map(summary), query)
    }),
    iotOperation('ListTargetsForPolicy', 'POST', '/policy-targets/{policyName}', ({ params, query }) => {
      const { items, next } = page(policies.targetsOf(nameIn(params)), query, byMarker)
      return { targets: items, ...(next !== undefined && { nextMarker: next }) }
    }),
  ]
}

function listed(policies: { policyName: string; policyArn: string }[], query: URLSearchParams) {
  const { items, next } = page(policies, query, byMarker)
  return { policies: items, ...(next !== undefined && { nextMarker: next }) }
}

function nameIn(params: RestCall['params']): string {
  return requiredString(params, 'policyName')
}
