import { describe, expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { certificateArnPrefix } from '../testing/fake-aws/iot.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { fakeClients } from '../testing/fake-clients.ts'
import { certificateIdOf, thingName } from '../testing/test-ids.ts'
import { certificateArns } from './certificate-arns.ts'
import { iotCertificates } from './certificates.ts'
import { iotRotationJobs } from './rotation-jobs.ts'
import { iotThingGroups } from './thing-groups.ts'

function subject() {
  const aws = new FakeAws()
  const { iot } = fakeClients(aws)
  aws.triggers.pageSize = 1
  aws.jobs.pageSize = 1
  return {
    aws,
    certificates: iotCertificates(iot, certificateArns(certificateArnPrefix)),
    groups: iotThingGroups(iot),
    jobs: iotRotationJobs(iot, { template: 'arn:template', thingPrefix: 'arn:thing/' }),
  }
}
const id = certificateIdOf('one')

describe('lists of AWS IoT, all pages', () => {
  test('the things of a certificate', async () => {
    const { aws, certificates } = subject()
    aws.iot.certificates.set(id, { pem: '', status: 'ACTIVE', policies: new Set() })
    for (const name of ['dev1', 'dev2']) {
      aws.iot.addThing(name)
      aws.iot.attach(name, id, name === 'dev1')
    }
    expect(await certificates.thingsOf(id)).toEqual([
      { thing: 'dev1', exclusive: true },
      { thing: 'dev2', exclusive: false },
    ])
    expect(await certificates.thingsOf(certificateIdOf('gone'))).toEqual([])
  })

  test('the groups of a thing', async () => {
    const { aws, groups } = subject()
    aws.iot.addThing('dev1')
    aws.triggers.groups.set('dev1', ['a', 'b', 'c'])
    expect(await groups.of(thingName('dev1'))).toEqual(['a', 'b', 'c'])
    expect(await groups.of(thingName('gone'))).toEqual([])
    expect(aws.count('ListThingGroupsForThing')).toBe(4)
  })

  test('the executions of a thing', async () => {
    const { aws, jobs } = subject()
    for (const [jobId, status] of [
      ['J1', 'QUEUED'],
      ['J2', 'FAILED'],
    ] as const) {
      const execution = { jobId, executionNumber: 1, status, document: '{}' }
      aws.data.setExecution('dev1', { ...execution, updatedAtMs: 1_800_000_000_000 })
    }
    expect(await jobs.executionsOf(thingName('dev1'))).toEqual([
      { jobId: 'J1', status: 'QUEUED', updatedAtMs: 1_800_000_000_000 },
      { jobId: 'J2', status: 'FAILED', updatedAtMs: 1_800_000_000_000 },
    ])
    aws.failNext('ListJobExecutionsForThing', 'before', new AwsFailure(404, 'ResourceNotFoundException'))
    expect(await jobs.executionsOf(thingName('gone'))).toEqual([])
  })
})
