import { describe, expect, test } from 'vitest'
import { ManualClock } from '../testing/manual-clock.ts'
import { createMessageFaults } from './message-faults.ts'

function setUp() {
  const clock = new ManualClock()
  const faults = createMessageFaults(clock)
  const delivered: string[] = []
  const send = (topic: string) => faults.pass(topic, () => void delivered.push(topic))
  return { clock, faults, delivered, send }
}

describe('message faults', () => {
  test('without a fault a message is delivered at once', () => {
    const { send, delivered } = setUp()
    send('a')
    expect(delivered).toEqual(['a'])
  })

  test('a lost message is not delivered, and only as many as asked for are lost', () => {
    const { faults, send, delivered } = setUp()
    const fault = faults.lose(/^a/, 1)
    send('a1')
    send('b')
    send('a2')
    expect(delivered).toEqual(['b', 'a2'])
    expect(fault.fired).toBe(1)
  })

  test('a duplicated message is delivered twice', () => {
    const { faults, send, delivered } = setUp()
    const fault = faults.duplicate(/a/, 1)
    send('a')
    expect(delivered).toEqual(['a', 'a'])
    expect(fault.fired).toBe(1)
  })

  test('a delayed message comes after later ones', () => {
    const { clock, faults, send, delivered } = setUp()
    faults.delay(/a/, 1000)
    send('a')
    send('b')
    clock.advance(1000)
    expect(delivered).toEqual(['b', 'a'])
  })

  test('held messages are delivered in their order on release, later ones at once', () => {
    const { faults, send, delivered } = setUp()
    const held = faults.hold(/a/)
    send('a1')
    send('a2')
    expect(delivered).toEqual([])
    expect(held.fired).toBe(2)
    held.release()
    send('a3')
    expect(delivered).toEqual(['a1', 'a2', 'a3'])
  })

  test('held messages that are never released are lost when the fault stops', () => {
    const { faults, send, delivered } = setUp()
    const held = faults.hold(/a/)
    send('a1')
    held.stop()
    send('a2')
    expect(delivered).toEqual(['a2'])
  })

  test('a stopped fault strikes no more', () => {
    const { faults, send, delivered } = setUp()
    const fault = faults.lose(/a/)
    send('a1')
    fault.stop()
    send('a2')
    expect(delivered).toEqual(['a2'])
    expect(fault.fired).toBe(1)
  })

  test('a refusal names its code for the topics it matches, as often as asked for', () => {
    const { faults } = setUp()
    const fault = faults.refuse(/\/update$/, 'RequestThrottled', 1)
    expect(faults.refusalOf('x/get')).toBeUndefined()
    expect(faults.refusalOf('x/update')).toBe('RequestThrottled')
    expect(faults.refusalOf('x/update')).toBeUndefined()
    expect(fault.fired).toBe(1)
  })
})
