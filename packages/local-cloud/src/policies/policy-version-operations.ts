import { queryFlag, requiredString } from '../api/input.ts'
import { iotOperation } from '../api/iot-operation.ts'
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
    iotOperation(
      'CreatePolicyVersion',
      'POST',
      '/policies/{policyName}/version',
      ({ params, query, body }) => {
        const policyName = requiredString(params, 'policyName')
        const document = requiredString(body, 'policyDocument')
        const setAsDefault = queryFlag(query, 'setAsDefault')
        return describe(policyName, policies.createVersion(policyName, document, setAsDefault, clock.now()))
      },
    ),
    iotOperation('ListPolicyVersions', 'GET', '/policies/{policyName}/version', ({ params }) => {
      const policy = policies.get(requiredString(params, 'policyName'))
      const policyVersions = [...policy.versions.values()].toReversed().map(({ versionId, createdAt }) => ({
        versionId,
        isDefaultVersion: versionId === policy.defaultVersionId,
        createDate: createdAt / 1000,
      }))
      return { policyVersions }
    }),
    iotOperation('GetPolicyVersion', 'GET', versionPath, ({ params }) => {
      const [policyName, versionId] = namedIn(params)
      return describe(policyName, policies.getVersion(policyName, versionId))
    }),
    iotOperation('SetDefaultPolicyVersion', 'PATCH', versionPath, ({ params }) =>
      policies.setDefaultVersion(...namedIn(params)),
    ),
    iotOperation('DeletePolicyVersion', 'DELETE', versionPath, ({ params }) =>
      policies.deleteVersion(...namedIn(params)),
    ),
  ]
}

function namedIn(params: RestCall['params']): [policyName: string, versionId: string] {
  return [requiredString(params, 'policyName'), requiredString(params, 'policyVersionId')]
}
