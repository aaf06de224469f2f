import { expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { fakeClients } from '../testing/fake-clients.ts'
import { jobId } from '../testing/test-ids.ts'
import { iotOrderedJobs } from './ordered-jobs.ts'

function subject() {
  const aws = new FakeAws()
  const set = (thing: string, job: string, status: string, queuedAtMs = 1_000) =>
    aws.data.setExecution(thing, { jobId: job, executionNumber: 1, status, document: '{}', queuedAtMs })
  return { aws, set, jobs: iotOrderedJobs(fakeClients(aws).iot) }
}

test('jobs are listed with the time that they were made, page by page', async () => {
  const { aws, set, jobs } = subject()
  set('dev1', 'J1', 'SUCCEEDED')
  set('dev1', 'J2', 'QUEUED', 2_000)
  aws.jobs.pageSize = 1
  const first = await jobs.list(undefined)
  expect(first).toEqual({ items: [{ jobId: 'J1', status: 'COMPLETED', createdAtMs: 1_000 }], next: '1' })
  const [second] = (await jobs.list(first.next)).items
  expect(second).toEqual({ jobId: 'J2', status: 'IN_PROGRESS', createdAtMs: 2_000 })
})

test('a job’s things are counted; what did not succeed is one number', async () => {
  const { set, jobs } = subject()
  const statuses = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'REJECTED', 'IN_PROGRESS', 'QUEUED', 'CANCELED']
  for (const [index, status] of statuses.entries()) set(`dev${index}`, 'J1', status)
  expect(await jobs.tallyOf(jobId('J1'))).toEqual({ succeeded: 1, failed: 3, inProgress: 1 })
})

test('of a job that is gone there is nothing to count, and another failure is one', async () => {
  const { aws, set, jobs } = subject()
  expect(await jobs.tallyOf(jobId('gone'))).toEqual({ succeeded: 0, failed: 0, inProgress: 0 })
  set('dev1', 'J1', 'QUEUED')
  aws.failNext('DescribeJob', 'before', new AwsFailure(400, 'ThrottlingException'))
  await expect(jobs.tallyOf(jobId('J1'))).rejects.toThrow('ThrottlingException')
})
