import { expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { fakeClients } from '../testing/fake-clients.ts'
import { jobId, thingName } from '../testing/test-ids.ts'
import { iotJobs } from './jobs.ts'
import { iotThings } from './things.ts'

const document = '{"operation":"ROTATE_CERTIFICATE"}'

function subject() {
  const aws = new FakeAws()
  const { iot } = fakeClients(aws)
  const set = (thing: string, job: string, executionNumber: number, status: string, updatedAtMs: number) =>
    aws.data.setExecution(thing, { jobId: job, executionNumber, status, document, updatedAtMs })
  return { aws, jobs: iotJobs(iot), things: iotThings(iot), set }
}

test('jobs are listed with the last that happened to them, page by page', async () => {
  const { aws, jobs, set } = subject()
  set('dev1', 'J1', 1, 'SUCCEEDED', 3_000)
  set('dev1', 'J2', 1, 'QUEUED', 5_000)
  aws.jobs.pageSize = 1
  const first = await jobs.list(undefined)
  expect(first).toEqual({ items: [{ jobId: 'J1', status: 'COMPLETED', lastUpdatedAtMs: 3_000 }], next: '1' })
  expect(await jobs.list(first.next)).toEqual({
    items: [{ jobId: 'J2', status: 'IN_PROGRESS', lastUpdatedAtMs: 5_000 }],
    next: undefined,
  })
})

test('the newest try of a job is listed for each of its things', async () => {
  const { aws, jobs, set } = subject()
  set('dev1', 'J1', 1, 'FAILED', 1_000)
  set('dev1', 'J1', 2, 'IN_PROGRESS', 2_000)
  set('dev2', 'J1', 1, 'REJECTED', 3_000)
  aws.jobs.pageSize = 1
  const first = await jobs.listShares(jobId('J1'), undefined)
  const second = await jobs.listShares(jobId('J1'), first.next)
  const ofJob = { jobId: 'J1' }
  expect([...first.items, ...second.items]).toEqual([
    {
      thing: 'dev1',
      execution: {
        ...ofJob,
        executionNumber: 2,
        status: 'IN_PROGRESS',
        lastUpdatedAtMs: 2_000,
        hasBegun: false,
      },
    },
    {
      thing: 'dev2',
      execution: {
        ...ofJob,
        executionNumber: 1,
        status: 'REJECTED',
        lastUpdatedAtMs: 3_000,
        hasBegun: false,
      },
    },
  ])
  expect(second.next).toBeUndefined()
})

test('what a device took up is told from what it never did', async () => {
  const { aws, jobs, set } = subject()
  set('dev1', 'J1', 1, 'CANCELED', 3_000)
  const begun = { jobId: 'J1', executionNumber: 1, status: 'CANCELED', document, updatedAtMs: 3_000 }
  aws.data.setExecution('dev2', { ...begun, startedAtMs: 2_000 })
  const { items } = await jobs.listShares(jobId('J1'), undefined)
  expect(items.map(({ thing, execution }) => [thing, execution.hasBegun])).toEqual([
    ['dev1', false],
    ['dev2', true],
  ])
})

test('every try of every job of a thing is listed, all pages', async () => {
  const { aws, jobs, set } = subject()
  for (const number of [1, 2, 3]) set('dev1', 'J1', number, 'FAILED', number)
  aws.jobs.pageSize = 1
  const tries = await jobs.listOfThing(thingName('dev1'))
  expect(tries.map(({ executionNumber }) => executionNumber)).toEqual([1, 2, 3])
  expect(await jobs.listOfThing(thingName('dev2'))).toEqual([])
})

test('a rotation is told by its document', async () => {
  const { aws, jobs, set } = subject()
  set('dev1', 'J1', 1, 'QUEUED', 0)
  const other = { jobId: 'J2', executionNumber: 1, status: 'QUEUED', document: 'reboot' }
  aws.data.setExecution('dev1', other)
  expect(await jobs.isRotation(jobId('J1'))).toBe(true)
  expect(await jobs.isRotation(jobId('J2'))).toBe(false)
  const malformed = JSON.stringify({ operation: 'ROTATE_CERTIFICATE', keyAlgorithm: 5 })
  aws.data.setExecution('dev1', { ...other, jobId: 'J3', document: malformed })
  expect(await jobs.isRotation(jobId('J3'))).toBe(true)
})

test('a job that is gone is no rotation and has no executions; other failures are told', async () => {
  const { aws, jobs } = subject()
  expect(await jobs.isRotation(jobId('J1'))).toBe(false)
  expect(await jobs.listShares(jobId('J1'), undefined)).toEqual({ items: [], next: undefined })
  aws.failNext('GetJobDocument', 'before', new AwsFailure(400, 'ThrottlingException'))
  await expect(jobs.isRotation(jobId('J1'))).rejects.toMatchObject({ name: 'ThrottlingException' })
})

test('the template tells since when there is a backend', async () => {
  const { aws, jobs } = subject()
  aws.jobs.templateMadeAtMs = 7_000
  expect(await jobs.templateMadeAtMs('T')).toBe(7_000)
  aws.jobs.templateMadeAtMs = undefined
  expect(await jobs.templateMadeAtMs('T')).toBe(0)
})

test('what a device said of an execution is read, and is nothing where it said nothing or there is none', async () => {
  const { aws, jobs } = subject()
  const execution = {
    jobId: 'J1',
    executionNumber: 1,
    status: 'FAILED',
    document,
    details: { phase: 'fail' },
  }
  aws.data.setExecution('dev1', execution)
  aws.data.setExecution('dev2', { jobId: 'J1', executionNumber: 1, status: 'FAILED', document })
  const read = (thing: string, executionNumber: number) =>
    jobs.readDetails(thingName(thing), { jobId: jobId('J1'), executionNumber })
  expect(await read('dev1', 1)).toEqual({ phase: 'fail' })
  expect(await read('dev2', 1)).toEqual({})
  expect(await read('dev1', 2)).toEqual({})
})

test('things are listed page by page', async () => {
  const { aws, things } = subject()
  for (const name of ['dev1', 'dev2', 'dev3']) aws.iot.addThing(name)
  aws.iot.pageSize = 2
  const first = await things.list(undefined)
  expect(first.items).toEqual(['dev1', 'dev2'])
  expect(await things.list(first.next)).toEqual({ items: ['dev3'], next: undefined })
})
