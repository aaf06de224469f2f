import { describe, expect, test } from 'vitest'
import { failed } from './testing/complaints.ts'
import { fired } from './testing/fired.ts'
import type { Misfortune, Run } from './testing/plain-run.ts'
import { live } from './testing/plain-world.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** The same story with the network gone from every point of it on, or from every so many of them. */
function goneFromEverywhere(story: Omit<Misfortune, 'cuts' | 'outage'>, lastsMs: number, every = 1): Run[] {
  const { points } = live({ ...story, cuts: [] })
  const runs = Array.from({ length: Math.floor(points / every) }, (_, n) => {
    const misfortune = { ...story, cuts: [], outage: { at: n * every, lastsMs } }
    return { misfortune, world: live(misfortune) }
  })
  expect(failed(runs)).toEqual([])
  expect(runs.every(({ world }) => world.outages === 1)).toBe(true)
  return runs.map(({ world }) => world)
}

const outcomes = (worlds: Run[]): Set<string> => new Set(worlds.map(({ cloud }) => cloud.status))

describe('the network is gone from any moment on', () => {
  test.each([
    ['ten minutes', 10 * minuteMs],
    ['a day', dayMs],
  ])('D4: for %s: the device waits, restarts nothing, and finishes', (_long, lastsMs) => {
    const worlds = goneFromEverywhere({ probeIsPossible: true }, lastsMs, 2)
    expect(outcomes(worlds)).toEqual(new Set(['SUCCEEDED']))
    expect(new Set(worlds.map(({ restartsAsked }) => restartsAsked))).toEqual(new Set([1]))
  })

  test('D4: the same, where no probe is possible: it may try the other side, and finishes', () => {
    expect(outcomes(goneFromEverywhere({ probeIsPossible: false }, dayMs, 4))).toContain('SUCCEEDED')
  })

  test('D4: for a day, with a NEW that is refused once in use: it goes back after, on evidence', () => {
    const story = { probeIsPossible: true, newIsBad: 'when-used' } as const
    expect(outcomes(goneFromEverywhere(story, dayMs, 5))).toEqual(new Set(['FAILED']))
  })

  test.each([
    ['a NEW that works', { probeIsPossible: true }],
    ['a NEW that is refused', { probeIsPossible: true, newIsBad: 'when-used' }],
    ['no probe', { probeIsPossible: false }],
  ] as const)('D17: for days, past the end of the job, with %s', (_what, story) => {
    const worlds = goneFromEverywhere({ ...story, timesOutAfterMs: 5 * minuteMs }, 2 * dayMs, 5)
    expect(outcomes(worlds)).toContain('TIMED_OUT')
  })

  test('D17: for three weeks, past the end of the job', ({ task }) => {
    const story = { probeIsPossible: true, timesOutAfterMs: 5 * minuteMs }
    const worlds = goneFromEverywhere(story, 21 * dayMs, 10)
    expect(outcomes(worlds)).toContain('TIMED_OUT')
    fired(task, worlds.length)
  })
})

describe('Greengrass restarts by itself at any moment', () => {
  test.each([
    ['a NEW that works', { probeIsPossible: true }, ['SUCCEEDED']],
    ['a NEW that is refused once in use', { probeIsPossible: true, newIsBad: 'when-used' }, ['FAILED']],
    ['a NEW that nobody can try', { probeIsPossible: false }, ['SUCCEEDED']],
  ] as const)('D5: with %s', (_what, story, ends) => {
    const { points } = live({ ...story, cuts: [] })
    const runs = Array.from({ length: points }, (_, at) => {
      const misfortune = { ...story, cuts: [{ at, power: true }] }
      return { misfortune, world: live(misfortune) }
    })
    expect(failed(runs)).toEqual([])
    expect(outcomes(runs.map(({ world }) => world))).toEqual(new Set(ends))
  })
})
