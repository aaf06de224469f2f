import { queryFlag, requiredString } from '../api/input.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import type { Policies, PolicyVersion } from './policies.ts'

const versionPath = '/policies/{policyName}/version/{policyVersionId}'

export function policyVersionOperations(policies: Policies, clock: Clock): RestOperation[] {
  const describe = (policyName: string, { versionId, document, createdAt }: PolicyVersion) => ({
    policyArn: policies.get(policyName).policyArn,
    policyName,
    policyDocument: document,
    policyVersionId: versionId,
    isDefaultVersion: policies.get(policyName).defaultVersionId === versionId,
    creationDate: createdAt / 1000,
  })
  return [
    {
      service: 'iot',
      name: 'CreatePolicyVersion',
      method: 'POST',
      path: '/policies/{policyName}/version',
      handle: ({ params, query, body }) => {
        const policyName = requiredString(params, 'policyName')
        const document = requiredString(body, 'policyDocument')
        const setAsDefault = queryFlag(query, 'setAsDefault')
        return describe(policyName, policies.createVersion(policyName, document, setAsDefault, clock.now()))
      },
    },
    {
      service: 'iot',
      name: 'ListPolicyVersions',
      method: 'GET',
      path: '/policies/{policyName}/version',
      handle: ({ params }) => {
        const policy = policies.get(requiredString(params, 'policyName'))
        const policyVersions = [...policy.versions.values()].toReversed().map(({ versionId, createdAt }) => ({
          versionId,
          isDefaultVersion: versionId === policy.defaultVersionId,
          createDate: createdAt / 1000,
        }))
        return { policyVersions }
      },
    },
    {
      service: 'iot',
      name: 'GetPolicyVersion',
      method: 'GET',
      path: versionPath,
      handle: ({ params }) => {
        const [policyName, versionId] = namedIn(params)
        return describe(policyName, policies.getVersion(policyName, versionId))
      },
    },
    {
      service: 'iot',
      name: 'SetDefaultPolicyVersion',
      method: 'PATCH',
      path: versionPath,
      handle: ({ params }) => policies.setDefaultVersion(...namedIn(params)),
    },
    {
      service: 'iot',
      name: 'DeletePolicyVersion',
      method: 'DELETE',
      path: versionPath,
      handle: ({ params }) => policies.deleteVersion(...namedIn(params)),
    },
  ]
}

function namedIn(params: RestCall['params']): [policyName: string, versionId: string] {
  return [requiredString(params, 'policyName'), requiredString(params, 'policyVersionId')]
}
