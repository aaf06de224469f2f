import { afterEach, beforeEach, expect, test } from 'vitest'
import { AwsError } from '../api/aws-error.ts'
import { Queue } from '../sqs/queue.ts'
import { parseQueueAttributes } from '../sqs/queue-attributes.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { type EventSourceMapping, startMapping } from './event-source-mapping.ts'
import type { InvocationResult } from './function-instance.ts'
import { tooManyRequests } from './function-runner.ts'

const mapping: EventSourceMapping = {
  id: 'm',
  functionName: 'f',
  queueArn: 'q',
  batchSize: 2,
  reportBatchItemFailures: true,
  maximumConcurrency: 1,
  enabled: true,
}

let clock: ManualClock
let queue: Queue
let batches: { body: string; messageId: string }[][]
let answer: (records: { body: string; messageId: string }[]) => unknown
let running: { stop(): Promise<void> }

beforeEach(() => {
  clock = new ManualClock()
  let ids = 0
  const deps = { clock, newId: () => `id-${++ids}`, deadLetterQueue: () => undefined }
  queue = new Queue({ name: 'q', arn: 'q' }, parseQueueAttributes({ VisibilityTimeout: '30' }), deps)
  batches = []
  forbidden = undefined
  refusals = []
  answer = () => null
})

afterEach(() => running.stop())

let forbidden: string | undefined
let refusals: string[]

function start(more: Partial<EventSourceMapping> = {}, queueOf = () => queue as Queue | undefined): void {
  running = startMapping(
    { ...mapping, ...more },
    {
      clock,
      region: 'us-east-1',
      queueOf,
      demand(action) {
        if (action === forbidden) throw new AwsError('AccessDeniedException', 403, `no ${action}`)
      },
      failed: reason => refusals.push(reason),
      async invoke(_, event): Promise<InvocationResult> {
        const { Records } = JSON.parse(event.toString())
        batches.push(Records)
        const result = answer(Records)
        return result === 'error'
          ? { functionError: 'Unhandled', payload: Buffer.from('{}') }
          : { payload: Buffer.from(JSON.stringify(result)) }
      },
    },
  )
}

/** Lets everything happen that waits for no clock. */
const settle = () => new Promise<void>(resolve => void setImmediate(resolve))
const left = () => {
  const { visible, inFlight } = queue.count()
  return visible + inFlight
}

test('messages come in batches, in the shape of AWS, and are deleted after a success', async () => {
  for (const body of ['a', 'b', 'c']) queue.send({ body })
  start()
  await settle()
  expect(batches.map(batch => batch.map(({ body }) => body))).toEqual([['a', 'b'], ['c']])
  expect(batches[0]?.[0]).toMatchObject({
    eventSource: 'aws:sqs',
    eventSourceARN: 'q',
    awsRegion: 'us-east-1',
    md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
    attributes: { ApproximateReceiveCount: '1' },
  })
  expect(left()).toBe(0)
})

test('a message that comes later is taken', async () => {
  start()
  await settle()
  queue.send({ body: 'late', attributes: new Map([['k', { dataType: 'String', value: 'v' }]]) })
  await settle()
  expect(batches).toMatchObject([
    [{ body: 'late', messageAttributes: { k: { stringValue: 'v', dataType: 'String' } } }],
  ])
})

test('only the messages that failed come again, when their visibility timeout ends', async () => {
  queue.send({ body: 'a' })
  queue.send({ body: 'b' })
  answer = ([first]) => ({
    batchItemFailures: batches.length === 1 ? [{ itemIdentifier: first?.messageId }] : [],
  })
  start()
  await settle()
  expect(left()).toBe(1)
  clock.advance(30_000)
  await settle()
  expect(batches.map(batch => batch.map(({ body }) => body))).toEqual([['a', 'b'], ['a']])
  expect(left()).toBe(0)
})

test.each([
  ['an error', 'error'],
  ['a failure without an id', { batchItemFailures: [{}] }],
  ['a failure of an unknown message', { batchItemFailures: [{ itemIdentifier: 'other' }] }],
  ['failures that are no list', { batchItemFailures: 'all' }],
])('after %s the whole batch stays', async (_, result) => {
  queue.send({ body: 'a' })
  queue.send({ body: 'b' })
  answer = () => result
  start()
  await settle()
  expect(left()).toBe(2)
})

test('without ReportBatchItemFailures the answer does not matter', async () => {
  queue.send({ body: 'a' })
  answer = () => ({ batchItemFailures: [{ itemIdentifier: 'id-1' }] })
  start({ reportBatchItemFailures: false })
  await settle()
  expect(left()).toBe(0)
})

test('a throttled batch is put back and taken again', async () => {
  queue.send({ body: 'a' })
  answer = () => {
    if (batches.length === 1) throw tooManyRequests('x')
    return null
  }
  start()
  await settle()
  expect(left()).toBe(1)
  clock.advance(1000)
  await settle()
  expect(batches).toHaveLength(2)
  expect(left()).toBe(0)
})

test('a disabled mapping takes nothing', async () => {
  queue.send({ body: 'a' })
  start({ enabled: false })
  await settle()
  expect(batches).toEqual([])
})

test('a mapping waits for its queue to exist', async () => {
  queue.send({ body: 'a' })
  let exists = false
  start({}, () => (exists ? queue : undefined))
  await settle()
  exists = true
  clock.advance(1000)
  await settle()
  expect(batches).toHaveLength(1)
})

test.each(['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'])(
  'nothing is taken from a queue while the role does not allow %s',
  async action => {
    start()
    await settle()
    forbidden = action
    queue.send({ body: 'a' })
    await settle()
    expect(batches).toEqual([])
    expect(refusals).toContain(`no ${action}`)
    forbidden = undefined
    clock.advance(1_000)
    await settle()
    expect(batches).toHaveLength(1)
    expect(left()).toBe(0)
  },
)

test('what is handled comes again while the role does not allow to delete it', async () => {
  forbidden = 'sqs:DeleteMessage'
  queue.send({ body: 'a' })
  start()
  await settle()
  expect([batches.length, left()]).toEqual([1, 1])
  expect(refusals).toEqual(['no sqs:DeleteMessage'])
  forbidden = undefined
  clock.advance(30_000)
  await settle()
  expect([batches.length, left()]).toEqual([2, 0])
})
