import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../testing/manual-clock.ts'
import { Queue } from './queue.ts'
import { parseQueueAttributes } from './queue-attributes.ts'

let clock: ManualClock
let queues: Map<string, Queue>
let count: number

function make(name: string, attributes: Record<string, string> = {}): Queue {
  const deps = { clock, newId: () => `id-${++count}`, deadLetterQueue: (arn: string) => queues.get(arn) }
  const queue = new Queue({ name, arn: name }, parseQueueAttributes(attributes), deps)
  queues.set(name, queue)
  return queue
}

beforeEach(() => {
  clock = new ManualClock()
  queues = new Map()
  count = 0
})

const bodies = (messages: { body: string }[]) => messages.map(({ body }) => body)

describe('a queue', () => {
  test('hides a received message until its visibility timeout ends', () => {
    const queue = make('q', { VisibilityTimeout: '10' })
    queue.send({ body: 'a' })
    expect(queue.receive(10)).toMatchObject([{ body: 'a', receiveCount: 1 }])
    clock.advance(9_999)
    expect(queue.receive(10)).toEqual([])
    clock.advance(1)
    expect(queue.receive(10)).toMatchObject([{ body: 'a', receiveCount: 2 }])
  })

  test('keeps a delayed message back', () => {
    const queue = make('q', { DelaySeconds: '5' })
    queue.send({ body: 'late' })
    queue.send({ body: 'now', delaySeconds: 0 })
    expect(queue.count()).toEqual({ visible: 1, inFlight: 0, delayed: 1 })
    expect(bodies(queue.receive(10))).toEqual(['now'])
    clock.advance(5_000)
    expect(bodies(queue.receive(10))).toEqual(['late'])
  })

  test('deletes by the latest receipt handle only', () => {
    const queue = make('q', { VisibilityTimeout: '0' })
    queue.send({ body: 'a' })
    const [first] = queue.receive(1)
    const [second] = queue.receive(1)
    expect(queue.delete(first?.receiptHandle ?? '')).toBe(false)
    expect(queue.delete(second?.receiptHandle ?? '')).toBe(true)
    expect(queue.receive(1)).toEqual([])
  })

  test('makes a message visible at once where its timeout is changed to 0', () => {
    const queue = make('q')
    queue.send({ body: 'a' })
    const [message] = queue.receive(1)
    expect(queue.changeVisibility(message?.receiptHandle ?? '', 0)).toBe(true)
    expect(queue.changeVisibility(message?.receiptHandle ?? '', 0)).toBe(false)
    expect(bodies(queue.receive(1))).toEqual(['a'])
  })

  test('moves a message that was received too often to the dead letters', () => {
    const dead = make('dead')
    const policy = JSON.stringify({ deadLetterTargetArn: 'dead', maxReceiveCount: 2 })
    const queue = make('q', { VisibilityTimeout: '0', RedrivePolicy: policy })
    queue.send({ body: 'a' })
    expect(queue.receive(1)).toHaveLength(1)
    expect(queue.receive(1)).toHaveLength(1)
    expect(queue.receive(1)).toEqual([])
    expect(dead.receive(1)).toMatchObject([{ body: 'a', receiveCount: 1 }])
  })

  test('keeps a message that was received too often where the dead-letter queue is gone', () => {
    const policy = JSON.stringify({ deadLetterTargetArn: 'gone', maxReceiveCount: 1 })
    const queue = make('q', { VisibilityTimeout: '0', RedrivePolicy: policy })
    queue.send({ body: 'a' })
    queue.receive(1)
    expect(queue.receive(1)).toHaveLength(1)
  })

  test('forgets messages after the retention period', () => {
    const queue = make('q', { MessageRetentionPeriod: '60' })
    queue.send({ body: 'a' })
    clock.advance(60_000)
    expect(queue.count().visible).toBe(0)
  })
})

describe('waiting for a message', () => {
  test('ends with the message that is sent meanwhile', async () => {
    const queue = make('q')
    const received = queue.receiveWithin(20, 10)
    queue.send({ body: 'a' })
    expect(bodies(await received)).toEqual(['a'])
  })

  test('ends with a message that becomes visible', async () => {
    const queue = make('q')
    queue.send({ body: 'a', delaySeconds: 3 })
    const received = queue.receiveWithin(20, 10)
    clock.advance(3_000)
    expect(bodies(await received)).toEqual(['a'])
  })

  test('ends empty when its time is over', async () => {
    const received = make('q').receiveWithin(20, 10)
    clock.advance(20_000)
    expect(await received).toEqual([])
  })

  test('ends empty when it is aborted', async () => {
    const abort = new AbortController()
    const received = make('q').receiveWithin(20, 10, undefined, abort.signal)
    abort.abort()
    expect(await received).toEqual([])
  })
})

test.each([
  [{ Unknown: '1' }, 'InvalidAttributeName'],
  [{ DelaySeconds: '901' }, 'InvalidAttributeValue'],
  [{ VisibilityTimeout: 'long' }, 'InvalidAttributeValue'],
  [{ RedrivePolicy: '{}' }, 'InvalidAttributeValue'],
  [{ RedrivePolicy: '{' }, 'InvalidAttributeValue'],
  [{ RedrivePolicy: 'null' }, 'InvalidAttributeValue'],
])('attributes %j are refused as %s', (attributes, code) => {
  expect(() => parseQueueAttributes(attributes as Record<string, string>)).toThrow(
    expect.objectContaining({ code }),
  )
})
