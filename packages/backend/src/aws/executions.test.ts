import { describe, expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { fakeClients } from '../testing/fake-clients.ts'
import { jobId, thingName } from '../testing/test-ids.ts'
import { iotExecutions } from './executions.ts'

const thing = thingName('dev1')
const job = jobId('J')

function subject() {
  const aws = new FakeAws()
  return { aws, executions: iotExecutions(fakeClients(aws).jobs) }
}

describe('job executions', () => {
  test('the newest execution is read with number, status, document and time left', async () => {
    const { aws, executions } = subject()
    aws.data.setExecution(thing, { jobId: 'J', executionNumber: 1, status: 'FAILED', document: '{}' })
    aws.data.setExecution(thing, {
      jobId: 'J',
      executionNumber: 2,
      status: 'IN_PROGRESS',
      document: '{"operation":"ROTATE_CERTIFICATE"}',
      secondsLeft: 60,
      startedAtMs: 90_000,
    })
    const execution = {
      executionNumber: 2,
      status: 'IN_PROGRESS',
      document: { operation: 'ROTATE_CERTIFICATE' },
      secondsLeft: 60,
      startedAtMs: 90_000,
    }
    expect(await executions.read(thing, job, undefined)).toEqual(execution)
    expect(await executions.read(thing, job, 2)).toEqual(execution)
  })

  test('one that is over and one that never was are both undefined', async () => {
    const { aws, executions } = subject()
    aws.data.setExecution(thing, { jobId: 'J', executionNumber: 1, status: 'FAILED', document: '{}' })
    expect(await executions.read(thing, job, 1)).toBeUndefined()
    expect(await executions.read(thing, job, 7)).toBeUndefined()
  })

  test('a document that is no JSON is none', async () => {
    const { aws, executions } = subject()
    aws.data.setExecution(thing, { jobId: 'J', executionNumber: 1, status: 'QUEUED', document: 'reboot' })
    expect(await executions.read(thing, job, 1)).toMatchObject({
      document: undefined,
      secondsLeft: undefined,
      startedAtMs: undefined,
    })
  })

  test('a throttled call throws', async () => {
    const { aws, executions } = subject()
    aws.failNext('DescribeJobExecution', 'before', new AwsFailure(429, 'ThrottlingException'))
    await expect(executions.read(thing, job, 1)).rejects.toMatchObject({ name: 'ThrottlingException' })
  })
})
