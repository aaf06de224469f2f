import { describe, expect, test } from 'vitest'
import { ManualClock } from '../testing/manual-clock.ts'
import { OutgoingMessage } from './outgoing-message.ts'
import { Session } from './session.ts'
import { SessionStore } from './session-store.ts'

const message = (topic: string, expiresAt = Infinity) =>
  new OutgoingMessage({ topic, payload: Buffer.from(topic), qos: 1, expiresAt })
const byTopic = { filter: 'a/#', qos: 1, noLocal: false, retainAsPublished: false } as const

describe('a session', () => {
  test('sends in order, no more at once than the window, and goes on with each acknowledgement', () => {
    const session = new Session('dev1', 0)
    for (const topic of ['a', 'b', 'c']) session.enqueue(message(topic), false, 10)
    const first = session.sendNext(2, 0)
    session.sendNext(2, 0)
    expect(session.sendNext(2, 0)).toBeUndefined()
    expect(session.acknowledge(first?.messageId ?? 0)).toBe(true)
    expect(session.sendNext(2, 0)?.message.topic).toBe('c')
    expect(session.acknowledge(4711)).toBe(false)
  })

  test('keeps what is not acknowledged, in the order of sending', () => {
    const session = new Session('dev1', 0)
    for (const topic of ['a', 'b', 'c']) session.enqueue(message(topic), false, 10)
    const ids = [1, 2, 3].map(() => session.sendNext(3, 0)?.messageId ?? 0)
    session.acknowledge(ids[1] ?? 0)
    expect(session.unacknowledged(0).map(({ message: { topic } }) => topic)).toEqual(['a', 'c'])
  })

  test('takes no more than the limit, and forgets what has expired', () => {
    const session = new Session('dev1', 0)
    expect(session.enqueue(message('late', 1000), false, 2)).toBe(true)
    expect(session.enqueue(message('fresh'), false, 2)).toBe(true)
    expect(session.enqueue(message('too many'), false, 2)).toBe(false)
    expect(session.sendNext(10, 1000)?.message.topic).toBe('fresh')
    session.enqueue(message('in flight', 2000), false, 2)
    session.sendNext(10, 1500)
    expect(session.unacknowledged(2000).map(({ message: { topic } }) => topic)).toEqual(['fresh'])
  })

  test('never gives an id to two messages in flight, also after 65,535', () => {
    const session = new Session('dev1', 0)
    session.enqueue(message('stays'), false, 1)
    const stays = session.sendNext(2, 0)?.messageId
    for (let count = 0; count < 65_535; count++) {
      session.enqueue(message('passes'), false, 1)
      const { messageId = 0 } = session.sendNext(2, 0) ?? {}
      if (messageId === stays || messageId < 1 || messageId > 65_535) throw new Error(`id ${messageId}`)
      session.acknowledge(messageId)
    }
    expect(session.inFlight).toBe(1)
  })
})

describe('the sessions', () => {
  test('end with their connection, or outlive it for their time', () => {
    const clock = new ManualClock()
    const store = new SessionStore(clock)
    store.leave(store.open('short', true, 0).session)
    const { session } = store.open('long', true, 60)
    store.subscribe(session, byTopic)
    store.leave(session)
    expect(store.size).toBe(1)
    clock.advance(59_999)
    expect([...store.subscribersOf('a/b').keys()]).toEqual([session])
    clock.advance(1)
    expect(store.size).toBe(0)
    expect(store.subscribersOf('a/b').size).toBe(0)
  })

  test('go on where the client returns in time, unless it wants a clean one', () => {
    const clock = new ManualClock()
    const store = new SessionStore(clock)
    const { session } = store.open('dev1', true, 60)
    store.leave(session)
    clock.advance(50_000)
    expect(store.open('dev1', false, 60)).toEqual({ session, present: true })
    clock.advance(50_000)
    expect(store.size).toBe(1)
    store.subscribe(session, byTopic)
    expect(store.open('dev1', true, 60).present).toBe(false)
    expect(store.subscribersOf('a/b').size).toBe(0)
  })

  test('with overlapping subscriptions get a message once, with the higher QoS', () => {
    const store = new SessionStore(new ManualClock())
    const { session } = store.open('dev1', true, 0)
    store.subscribe(session, { ...byTopic, filter: 'a/+', qos: 0 })
    store.subscribe(session, byTopic)
    expect([...store.subscribersOf('a/b').values()].map(({ qos }) => qos)).toEqual([1])
    store.unsubscribe(session, 'a/#')
    expect([...store.subscribersOf('a/b').values()].map(({ qos }) => qos)).toEqual([0])
  })
})
