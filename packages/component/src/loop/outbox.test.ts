import { describe, expect, test } from 'vitest'
import { FakeTimers } from '../testing/fake-timers.ts'
import { execution } from '../testing/identity-store-contract.ts'
import { settle, thing } from '../testing/simulated-device.ts'
import { Alarms } from './alarms.ts'
import { Outbox } from './outbox.ts'
import { createRequest } from './outgoing.ts'

const csr = 'c'.repeat(64) as never

function outboxWith(publish: (topic: string, payload: string, once: boolean) => Promise<void>) {
  const timers = new FakeTimers()
  const told: string[] = []
  const log = (_level: string, message: string): void => void told.push(message)
  return { outbox: new Outbox({ publish, timers, log, retryMs: 10_000 }), timers, told }
}

describe('the outbox', () => {
  test('D12: what cannot be handed over is kept, the latest of its topic, until Greengrass is there', async () => {
    const sent: string[] = []
    const { outbox } = outboxWith(async (topic, payload) => void sent.push(topic + payload))
    await outbox.send({ topic: 'a', payload: { n: 1 } })
    await outbox.send({ topic: 'a', payload: { n: 2 } })
    await outbox.send({ topic: 'b', payload: {} })
    expect(sent).toEqual([])
    await outbox.up()
    expect(sent).toEqual(['a{"n":2}', 'b{}'])
    await outbox.up()
    expect(sent).toHaveLength(2)
    await outbox.send({ topic: 'a', payload: { n: 3 } })
    outbox.down()
    await outbox.send({ topic: 'a', payload: { n: 4 } })
    expect(sent).toEqual(['a{"n":2}', 'b{}', 'a{"n":3}'])
  })

  test('a failed publish is tried again after a while, but not while there is no connection', async () => {
    let failures = 3
    const sent: string[] = []
    const { outbox, timers, told } = outboxWith(async topic => {
      failures -= 1
      if (failures >= 0) throw new Error('offline')
      sent.push(topic)
    })
    await outbox.up()
    await outbox.send({ topic: 'a', payload: {} })
    await outbox.send({ topic: 'b', payload: {} })
    expect(timers.pending()).toEqual([10_000])
    outbox.down()
    timers.advance(10_000)
    await settle()
    expect(told).toEqual(['offline', 'offline'])
    await outbox.up()
    expect(sent).toEqual(['b'])
    timers.advance(10_000)
    await settle()
    expect(sent).toEqual(['b', 'a'])
  })

  test('C18, D4: what does harm twice is nothing for the nucleus to collect while it is offline', async () => {
    const sent: unknown[] = []
    const { outbox } = outboxWith(async (...message) => void sent.push(message))
    await outbox.up()
    await outbox.send({ topic: 'a', payload: {} })
    await outbox.send({ topic: 'b', payload: {}, once: true })
    expect(sent).toEqual([
      ['a', '{}', false],
      ['b', '{}', true],
    ])
  })

  test('C18, D12: what does harm twice waits for the connection, and is handed over once, whatever comes of it', async () => {
    const tried: string[] = []
    const { outbox, timers, told } = outboxWith(async topic => {
      tried.push(topic)
      throw new Error('no answer in time')
    })
    const create = createRequest(thing, { kind: 'publish-create', execution, csrDigest: csr }, 'CSR')
    await outbox.send(create)
    expect(tried).toEqual([])
    await outbox.up()
    await outbox.send({ topic: 'a', payload: {} })
    timers.advance(10_000)
    await settle()
    outbox.down()
    await outbox.up()
    expect(tried).toEqual([create.topic, 'a', 'a', 'a'])
    expect(told).toHaveLength(2)
    await outbox.send(create)
    expect(tried.at(-1)).toBe(create.topic)
  })

  test('D17: a question that is repeated for weeks goes into the store of an offline nucleus once', async () => {
    const stored: string[] = []
    let refused = 0
    const { outbox, timers, told } = outboxWith(async (topic, _payload, once) => {
      if (!once) stored.push(topic)
      else {
        refused += 1
        throw new Error('offline')
      }
    })
    await outbox.up()
    for (let minute = 0; minute < 2 * 7 * 24 * 60; minute += 1) {
      await outbox.send({ topic: 'a', payload: { jobId: 'job-1' } })
      await outbox.send({ topic: 'b', payload: {} })
      timers.advance(10_000)
      await settle()
    }
    expect(stored).toEqual(['a', 'b'])
    expect(refused).toBeGreaterThan(20_000)
    expect(told).toEqual(['offline', 'offline'])
    outbox.clear()
    await outbox.send({ topic: 'a', payload: { jobId: 'job-1' } })
    await outbox.send({ topic: 'a', payload: { jobId: 'job-2' } })
    expect(stored).toEqual(['a', 'b', 'a', 'a'])
  })

  test('what an earlier phase could not send is forgotten with it', async () => {
    const sent: string[] = []
    const { outbox } = outboxWith(async topic => void sent.push(topic))
    await outbox.send({ topic: 'a', payload: {} })
    outbox.clear()
    await outbox.up()
    expect(sent).toEqual([])
  })

  test('a message that was replaced while it went out does not take its successor along', async () => {
    const sent: string[] = []
    let release = (): void => {}
    const { outbox } = outboxWith(async (_topic, payload) => {
      sent.push(payload)
      await new Promise<void>(resolve => {
        release = resolve
      })
    })
    void outbox.up()
    const first = outbox.send({ topic: 'a', payload: { n: 1 } })
    outbox.down()
    await outbox.send({ topic: 'a', payload: { n: 2 } })
    release()
    await first
    void outbox.up()
    await settle()
    expect(sent).toEqual(['{"n":1}', '{"n":2}'])
    release()
  })
})

describe('alarms', () => {
  test('a later one of a name replaces an earlier one, and the spread goes both ways', () => {
    const timers = new FakeTimers()
    const rung: unknown[] = []
    let random = 0
    const alarms = new Alarms(
      timers,
      () => random,
      event => rung.push(event),
    )
    const order = { kind: 'arm-timer', phase: 'idle', afterMs: 1000, spreadMs: 200 } as const
    alarms.arm({ ...order, name: 'again' })
    expect(timers.pending()).toEqual([800])
    random = 1
    alarms.arm({ ...order, name: 'again' })
    alarms.arm({ ...order, name: 'look', spreadMs: 0 })
    expect(timers.pending()).toEqual([1000, 1200])
    timers.advance(1100)
    expect(rung).toEqual([{ kind: 'timer', name: 'look', phase: 'idle' }])
    alarms.stop()
    timers.advance(1000)
    expect(rung).toHaveLength(1)
  })
})
