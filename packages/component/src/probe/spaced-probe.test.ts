import type { ProbeOutcome } from '@rotator/rotation/device/comparison'
import type { Slot } from '@rotator/rotation/device/effects'
import { describe, expect, test } from 'vitest'
import { FakeTimers } from '../testing/fake-timers.ts'
import { settle } from '../testing/simulated-device.ts'
import { type Attempt, found } from './finding.ts'
import { noProbe, type Probe, probeBy } from './probe.ts'
import { spacedProbe } from './spaced-probe.ts'

interface Trial {
  probe: Probe
  tried: { slot: Slot; atMs: number }[]
  told: string[]
  /** Runs the clock until the work is done. */
  run<T>(work: Promise<T>): Promise<T>
}

function probing(answer: (slot: Slot, count: number) => Attempt): Trial {
  const timers = new FakeTimers(0)
  const tried: Trial['tried'] = []
  const told: string[] = []
  const probe = spacedProbe(
    async slot => {
      tried.push({ slot, atMs: timers.now() })
      return answer(slot, tried.length)
    },
    timers,
    (level, message) => void told.push(`${level}: ${message}`),
  )
  const run: Trial['run'] = async work => {
    const state = { isDone: false }
    void work.finally(() => (state.isDone = true))
    for (await settle(); !state.isDone; await settle()) timers.advance(timers.pending()[0] ?? 0)
    return work
  }
  return { probe, tried, told, run }
}

const mqtt = (outcome: ProbeOutcome, why = 'why'): Attempt => ({ mqtt: found(outcome, why) })
const slots = ({ tried }: Trial): Slot[] => tried.map(({ slot }) => slot)

describe('a probe', () => {
  test('says what MQTT made of the identity; credentials matter in comparisons alone', async () => {
    const trial = probing(() => ({ ...mqtt('accepted'), credentials: found('refused', '403') }))
    expect(await trial.run(trial.probe.try('current'))).toBe('accepted')
  })

  test('tries nothing but NEW where it is accepted at once and Greengrass uses OLD', async () => {
    const trial = probing(() => mqtt('accepted'))
    const comparison = await trial.run(trial.probe.compare('current', 'pending'))
    expect(comparison.trial).toBe('accepted')
    expect(slots(trial)).toEqual(['pending'])
    expect(trial.told).toEqual([])
  })

  test('D7: compares a refused NEW with OLD before and after, never more than one a second', async () => {
    const trial = probing(slot => mqtt(slot === 'pending' ? 'refused' : 'accepted'))
    expect(await trial.run(trial.probe.compare('current', 'pending'))).toEqual({
      before: 'accepted',
      trial: 'refused',
      after: 'accepted',
    })
    expect(slots(trial)).toEqual(['pending', 'current', 'pending', 'current'])
    expect(trial.tried.map(({ atMs }) => atMs)).toEqual([0, 1500, 3000, 4500])
  })

  test('D4: waits where NEW cannot be tried now, and sees whether OLD can', async () => {
    const trial = probing(() => mqtt('unreachable'))
    const nothing = { before: 'unreachable', trial: 'unreachable', after: 'unreachable' }
    expect(await trial.run(trial.probe.compare('current', 'pending'))).toEqual(nothing)
    expect(slots(trial)).toEqual(['pending', 'current'])
    expect(await trial.run(trial.probe.compare('previous', 'current'))).toEqual(nothing)
    expect(slots(trial)).toEqual(['pending', 'current', 'previous', 'current'])
  })

  test('D4: tells an endpoint that only NEW does not reach from one out of reach', async () => {
    const trial = probing(slot => mqtt(slot === 'pending' ? 'unreachable' : 'accepted'))
    expect(await trial.run(trial.probe.compare('current', 'pending'))).toEqual({
      before: 'accepted',
      trial: 'unreachable',
      after: 'accepted',
    })
  })

  test('goes on where NEW is impossible to try', async () => {
    const trial = probing(slot => mqtt(slot === 'pending' ? 'impossible' : 'accepted'))
    expect((await trial.run(trial.probe.compare('current', 'pending'))).trial).toBe('impossible')
  })

  test('leaves that time between two comparisons too', async () => {
    const trial = probing(() => mqtt('accepted'))
    await trial.run(trial.probe.compare('previous', 'current'))
    await trial.run(trial.probe.try('current'))
    expect(slots(trial)).toEqual(['previous', 'current', 'previous', 'current'])
    expect(trial.tried.at(-1)?.atMs).toBe(4500)
  })

  test('D4: tells a long outage once, and its end', async () => {
    const trial = probing((_slot, count) =>
      count < 4 ? mqtt('unreachable', 'no route') : mqtt('accepted', 'it is back'),
    )
    for (let times = 0; times < 5; times += 1) await trial.run(trial.probe.try('current'))
    expect(trial.told).toEqual([
      'warn: The current identity was tried: mqtt unreachable (no route).',
      'info: The current identity was tried: mqtt accepted (it is back).',
    ])
  })
})

test('without a probe everything is impossible; a plain one asks three times', async () => {
  expect(await noProbe.try('current')).toBe('impossible')
  const tried: Slot[] = []
  const probe = probeBy(async slot => (tried.push(slot), 'accepted'))
  expect(await probe.compare('previous', 'current')).toEqual({
    before: 'accepted',
    trial: 'accepted',
    after: 'accepted',
  })
  expect(tried).toEqual(['previous', 'current', 'previous'])
})
