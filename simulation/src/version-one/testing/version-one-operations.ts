import type { FakeAws } from '@rotator/backend/testing/fake-aws/fake-aws'
import { certificateArnPrefix } from '@rotator/backend/testing/fake-aws/iot'
import { AwsFailure, json, type Operation } from '@rotator/backend/testing/fake-aws/wire'

/**
 * Adds the operations that version 1's functions call and ours do not.
 *
 * @param document of every job
 */
export function addVersionOneOperations(aws: FakeAws, document: string): void {
  const certificate = (arn: unknown) => {
    const found = aws.iot.certificates.get(String(arn).slice(certificateArnPrefix.length))
    if (found === undefined) throw new AwsFailure(404, 'ResourceNotFoundException', 'no certificate')
    return found
  }
  const operations: Operation[] = [
    {
      name: 'ListPrincipalPolicies',
      method: 'GET',
      path: ['principal-policies'],
      perform: ({ headers }) => {
        const { policies } = certificate(headers['x-amzn-iot-principal'])
        return json({ policies: [...policies].map(policyName => ({ policyName })) })
      },
    },
    {
      name: 'DetachPolicy',
      method: 'POST',
      path: ['target-policies', '*'],
      perform: ({ path, body }) => {
        certificate(JSON.parse(body).target).policies.delete(path[1] ?? '')
        return json({})
      },
    },
    {
      name: 'DeleteThingShadow',
      method: 'DELETE',
      path: ['things', '*', 'shadow'],
      perform: ({ path }) => {
        if (!aws.data.shadows.delete(path[1] ?? '')) {
          throw new AwsFailure(404, 'ResourceNotFoundException', 'No shadow exists')
        }
        return json({})
      },
    },
    {
      name: 'GetJobDocument',
      method: 'GET',
      path: ['jobs', '*', 'job-document'],
      perform: () => json({ document }),
    },
  ]
  aws.iot.operations.push(...operations)
}
