import { describe, expect, test } from 'vitest'
import { failed } from './testing/complaints.ts'
import type { Misfortune, Run } from './testing/plain-run.ts'
import { live } from './testing/plain-world.ts'

/** The same story with the cut at every point of it, before and after every journal write and every effect. */
function cutEverywhere(story: Omit<Misfortune, 'cuts'>): Run[] {
  const { points } = live({ ...story, cuts: [] })
  const runs = Array.from({ length: points }, (_, at) => at).flatMap(at =>
    [false, true].map(power => {
      const misfortune = { ...story, cuts: [{ at, power }] }
      return { misfortune, world: live(misfortune) }
    }),
  )
  expect(failed(runs)).toEqual([])
  return runs.map(({ world }) => world)
}

const outcomes = (worlds: Run[]) => new Set(worlds.map(({ cloud }) => cloud.status))

describe('D1: cut before and after every effect and journal write', () => {
  test('a rotation succeeds', () => {
    const worlds = cutEverywhere({ probeIsPossible: true })
    expect(worlds.length).toBeGreaterThan(100)
    expect(outcomes(worlds)).toEqual(new Set(['SUCCEEDED']))
  })

  test('a rotation where no probe is possible succeeds', () => {
    expect(outcomes(cutEverywhere({ probeIsPossible: false }))).toEqual(new Set(['SUCCEEDED']))
  })

  test('D7: a NEW that is refused is found by the probe, and nothing is switched', () => {
    expect(outcomes(cutEverywhere({ probeIsPossible: true, newIsBad: 'always' }))).toEqual(
      new Set(['FAILED']),
    )
  })

  test('D7: a NEW that is refused only when used is rolled back on evidence', () => {
    expect(outcomes(cutEverywhere({ probeIsPossible: true, newIsBad: 'when-used' }))).toEqual(
      new Set(['FAILED']),
    )
  })

  test('D7: the same where no probe is possible is rolled back as a question', () => {
    expect(outcomes(cutEverywhere({ probeIsPossible: false, newIsBad: 'always' }))).toEqual(
      new Set(['FAILED']),
    )
  })

  test.each([1, 100_000])('C9: the execution times out after %i ms', timesOutAfterMs => {
    const worlds = [
      { probeIsPossible: true },
      { probeIsPossible: true, newIsBad: 'when-used' as const },
      { probeIsPossible: false, newIsBad: 'always' as const },
    ].flatMap(story => cutEverywhere({ ...story, timesOutAfterMs }))
    expect(outcomes(worlds)).toContain('TIMED_OUT')
  })

  test('D6, D16: restarts are swallowed, or reach only the component', () => {
    const restarts = ['swallowed', 'component-only', 'component-only', 'swallowed'] as const
    const worlds = cutEverywhere({ probeIsPossible: true, restarts: [...restarts] })
    expect(outcomes(worlds)).toEqual(new Set(['SUCCEEDED']))
    // A power cut restarts Greengrass as well, so only a killed component meets all four.
    const killed = worlds.filter(({ misfortune }) => misfortune.cuts.every(({ power }) => !power))
    expect(new Set(killed.map(({ restartsAsked }) => restartsAsked))).toEqual(new Set([5]))
  })

  test('D10: the journal is lost with it, and the store has noted the execution', () => {
    const lost = { journalIsLost: true, storeNotesExecution: true }
    const worlds = cutEverywhere({ probeIsPossible: true, ...lost })
    expect(outcomes(worlds)).toEqual(new Set(['SUCCEEDED', 'FAILED']))
    expect(outcomes(cutEverywhere({ probeIsPossible: true, newIsBad: 'when-used', ...lost }))).toContain(
      'FAILED',
    )
    expect(outcomes(cutEverywhere({ probeIsPossible: false, newIsBad: 'always', ...lost }))).toContain(
      'FAILED',
    )
  })

  test('D10: the journal is lost with it, and only Jobs can tell the execution', () => {
    const worlds = cutEverywhere({ probeIsPossible: true, journalIsLost: true })
    expect(outcomes(worlds)).toEqual(new Set(['SUCCEEDED', 'FAILED']))
    const waiting = worlds.filter(({ state }) => state.phase === 'idle' && state.leftover !== null)
    expect(waiting.length).toBeGreaterThan(0)
  })
})

describe('a lost reply', () => {
  test('M1, M2, M5, M8, M10: any one of them is asked for again, with a cut anywhere', () => {
    let lost = 0
    for (let lostReply = 1; lostReply <= 6; lostReply += 1) {
      const worlds = cutEverywhere({ probeIsPossible: true, lostReply })
      expect(outcomes(worlds)).toEqual(new Set(['SUCCEEDED']))
      lost += worlds.filter(world => world.lost === 1).length
    }
    expect(lost).toBeGreaterThan(500)
  })

  test('M9: also on the way back', () => {
    for (let lostReply = 1; lostReply <= 8; lostReply += 2) {
      expect(outcomes(cutEverywhere({ probeIsPossible: true, newIsBad: 'when-used', lostReply }))).toEqual(
        new Set(['FAILED']),
      )
    }
  })
})

test('D1: two cuts, anywhere apart', () => {
  for (const story of [
    { probeIsPossible: true },
    { probeIsPossible: true, newIsBad: 'when-used' as const },
  ]) {
    const { points } = live({ ...story, cuts: [] })
    const runs = Array.from({ length: points }, (_, at) => at).flatMap(first =>
      [1, 2, 5, 13, 34].map((apart, index) => {
        const cuts = [
          { at: first, power: index % 2 === 0 },
          { at: first + apart, power: index % 3 === 0 },
        ]
        return { misfortune: { ...story, cuts }, world: live({ ...story, cuts }) }
      }),
    )
    expect(failed(runs)).toEqual([])
    expect(runs.filter(({ world }) => world.cutsDone === 2).length).toBeGreaterThan(points * 3)
  }
})
