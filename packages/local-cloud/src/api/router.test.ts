import { describe, expect, test } from 'vitest'
import type { RestOperation } from './operation.ts'
import { createRouter, type ServiceHint } from './router.ts'

const operation = (
  service: string,
  name: string,
  method: RestOperation['method'],
  path: string,
): RestOperation => ({
  service,
  name,
  method,
  path,
  handle: () => undefined,
})

const router = createRouter([
  operation('iot', 'DescribeJobExecution', 'GET', '/things/{thingName}/jobs/{jobId}'),
  operation('iot-jobs-data', 'DescribeJobExecution', 'GET', '/things/{thingName}/jobs/{jobId}'),
  operation('iot-jobs-data', 'UpdateJobExecution', 'POST', '/things/{thingName}/jobs/{jobId}'),
  operation('iot-jobs-data', 'PutAny', 'PUT', '/things/{thingName}/jobs/{jobId}'),
  operation('iot-jobs-data', 'StartNext', 'PUT', '/things/{thingName}/jobs/$next'),
  operation('iotdata', 'Publish', 'POST', '/topics/{topic+}'),
  operation('iot', 'AttachPolicy', 'PUT', '/target-policies/{policyName}'),
])

function found(method: string, path: string, hint: ServiceHint = 'unknown') {
  const route = router.find(method, path, hint)
  return route === undefined ? undefined : [route.operation.service, route.operation.name, route.params]
}

describe('routing', () => {
  test('names the parts of the path, percent-decoded', () => {
    expect(found('PUT', '/target-policies/a%2Fb%20c')).toEqual([
      'iot',
      'AttachPolicy',
      { policyName: 'a/b c' },
    ])
    expect(found('POST', '/topics/a%2Fb/c')).toEqual(['iotdata', 'Publish', { topic: 'a/b/c' }])
  })

  test('prefers words over names, whichever way `$` is written', () => {
    for (const next of ['$next', '%24next'])
      expect(found('PUT', `/things/dev1/jobs/${next}`)).toEqual([
        'iot-jobs-data',
        'StartNext',
        { thingName: 'dev1' },
      ])
    expect(found('PUT', '/things/dev1/jobs/job1')?.[1]).toBe('PutAny')
  })

  test('goes by the service that the call is signed for where two have the same path', () => {
    const path = '/things/dev1/jobs/job1'
    expect(found('GET', path, { signedFor: 'iot' })?.[0]).toBe('iot')
    expect(found('GET', path, { signedFor: 'iot-jobs-data' })?.[0]).toBe('iot-jobs-data')
    expect(found('GET', path, 'data-plane')?.[0]).toBe('iot-jobs-data')
    expect(found('GET', path, { signedFor: 'sns' })).toBeUndefined()
    expect(found('PUT', '/target-policies/a', 'data-plane')).toBeUndefined()
  })

  test.each([
    ['DELETE', '/things/dev1/jobs/job1'],
    ['GET', '/things//jobs/job1'],
    ['GET', '/things/dev1/jobs'],
    ['GET', '/things/dev1/jobs/job1/more'],
    ['GET', '/things/%zz/jobs/job1'],
    ['GET', '/'],
  ])('finds nothing for %s %s', (method, path) => {
    expect(found(method, path)).toBeUndefined()
  })
})
