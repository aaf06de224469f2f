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

  test('the open jobs of a thing', async () => {
    const { aws, jobs } = subject()
    for (const [job, status] of [
      ['J1', 'QUEUED'],
      ['J2', 'QUEUED'],
      ['J3', 'IN_PROGRESS'],
      ['J4', 'SUCCEEDED'],
    ] as const) {
      aws.data.setExecution('dev1', { jobId: job, executionNumber: 1, status, document: '{}' })
    }
    expect(await jobs.openOf(thingName('dev1'), 'QUEUED')).toEqual(['J1', 'J2'])
    expect(await jobs.openOf(thingName('dev1'), 'IN_PROGRESS')).toEqual(['J3'])
    aws.failNext('ListJobExecutionsForThing', 'before', new AwsFailure(404, 'ResourceNotFoundException'))
    expect(await jobs.openOf(thingName('gone'), 'QUEUED')).toEqual([])
  })
})
