import { beforeEach, expect, test } from 'vitest'
import { AwsError } from '../api/aws-error.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { type AsynchronousDependencies, AsynchronousInvocations } from './asynchronous-invocations.ts'
import type { EventInvokeConfiguration } from './function-configuration.ts'
import { tooManyRequests } from './function-runner.ts'

const start = Date.UTC(2026, 0, 1)
let clock: ManualClock
let outcomes: (object | AwsError)[]
let attempts: number[]
let sent: { arn: string; body: unknown; attributes?: unknown }[]
let failures: string[]
let functionOf: ReturnType<AsynchronousDependencies['functionOf']>
let configuration: EventInvokeConfiguration
let queue: AsynchronousInvocations

const failure = {
  functionError: 'Unhandled',
  payload: Buffer.from('{"errorType":"Error","errorMessage":"bad"}'),
}
const success = { payload: Buffer.from('{"ok":true}') }

beforeEach(() => {
  clock = new ManualClock(start)
  outcomes = []
  attempts = []
  sent = []
  failures = []
  functionOf = { arn: 'arn:f', deadLetterArn: 'arn:dead' }
  configuration = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600, onFailureArn: 'arn:failed' }
  queue = new AsynchronousInvocations({
    clock,
    retryDelayScale: 1,
    invoke: async () => {
      attempts.push(clock.now() - start)
      const outcome = outcomes.shift() ?? success
      if (outcome instanceof AwsError) throw outcome
      return outcome as never
    },
    functionOf: () => functionOf,
    configurationOf: () => configuration,
    send: (arn, body, attributes) => {
      if (arn === 'arn:gone') throw new Error('no such queue')
      sent.push({ arn, body: JSON.parse(body), ...(attributes && { attributes }) })
    },
    deliveryFailed: (_, reason) => failures.push(reason),
  })
})

async function run(...afterMs: number[]): Promise<void> {
  queue.accept('f', 'request-1', Buffer.from('{"a":1}'))
  await queue.settled()
  for (const ms of afterMs) {
    clock.advance(ms)
    await queue.settled()
  }
}

test('an event that succeeds is invoked once', async () => {
  await run(600_000)
  expect(attempts).toEqual([0])
  expect(sent).toEqual([])
})

test('an error of the function is tried again after one and after two minutes, then given up', async () => {
  outcomes = [failure, failure, failure]
  await run(60_000, 120_000, 600_000)
  expect(attempts).toEqual([0, 60_000, 180_000])
  expect(sent).toEqual([
    {
      arn: 'arn:failed',
      body: {
        version: '1.0',
        timestamp: '2026-01-01T00:03:00.000Z',
        requestContext: {
          requestId: 'request-1',
          functionArn: 'arn:f:$LATEST',
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { a: 1 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: { errorType: 'Error', errorMessage: 'bad' },
      },
    },
    {
      arn: 'arn:dead',
      body: { a: 1 },
      attributes: {
        RequestID: { type: 'String', value: 'request-1' },
        ErrorCode: { type: 'Number', value: '200' },
        ErrorMessage: { type: 'String', value: 'bad' },
      },
    },
  ])
})

test('without retries an error is given up at once', async () => {
  outcomes = [failure]
  configuration = { ...configuration, maximumRetryAttempts: 0 }
  await run()
  expect(sent.map(({ arn }) => arn)).toEqual(['arn:failed', 'arn:dead'])
})

test('an event that has become too old is given up and not tried again', async () => {
  outcomes = [failure]
  configuration = { ...configuration, maximumEventAgeSeconds: 60 }
  queue.accept('f', 'request-1', Buffer.from('{}'))
  await queue.settled()
  configuration = { ...configuration, maximumEventAgeSeconds: 59 }
  clock.advance(60_000)
  await queue.settled()
  expect(attempts).toEqual([0])
  expect(sent[0]?.body).toMatchObject({
    requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 1 },
  })
})

test('throttling is tried again, and counts as no attempt', async () => {
  outcomes = [tooManyRequests('x'), tooManyRequests('x')]
  await run(1000, 2000)
  expect(attempts).toEqual([0, 1000, 3000])
  expect(sent).toEqual([])
})

test('an event of a function with no concurrency at all is given up at once', async () => {
  functionOf = { arn: 'arn:f', reservedConcurrency: 0 }
  await run()
  expect(attempts).toEqual([])
  expect(sent).toMatchObject([{ body: { requestContext: { condition: 'ZeroReservedConcurrency' } } }])
})

test('a success is told to its destination', async () => {
  configuration = { ...configuration, onSuccessArn: 'arn:done' }
  await run()
  expect(sent).toMatchObject([
    { arn: 'arn:done', body: { requestContext: { condition: 'Success' }, responsePayload: { ok: true } } },
  ])
})

test('a destination that does not exist is told', async () => {
  outcomes = [failure]
  configuration = { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60, onFailureArn: 'arn:gone' }
  await run()
  expect(failures).toEqual(['no such queue'])
  expect(sent).toHaveLength(1)
})

test('nothing is tried again after stopping', async () => {
  outcomes = [failure]
  queue.accept('f', 'request-1', Buffer.from('{}'))
  await queue.settled()
  queue.stop()
  clock.advance(600_000)
  await queue.settled()
  expect(attempts).toEqual([0])
})
