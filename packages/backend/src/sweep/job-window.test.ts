import { describe, expect, test } from 'vitest'
import { jobId } from '../testing/test-ids.ts'
import { endsSinceMs } from './job-window.ts'
import { isInShare } from './share.ts'
import { longestExecutionMs, longestMs, recentMs, type SweepRun } from './sweep-run.ts'

const times = { everySeconds: 900, roundSeconds: 86_400, graceSeconds: 300 }
const runAt = (turn: number): SweepRun => ({
  startedAtMs: 1_800_000_000_000 + turn * 900_000,
  deployedAtMs: 0,
  times,
})
const turns = Array.from({ length: 96 }, (_, turn) => runAt(turn))
const names = Array.from({ length: 500 }, (_, index) => `job-${index}`)
const nowMs = runAt(0).startedAtMs
const [inTurn = ''] = names.filter(name => isInShare(name, runAt(0)))
const [outOfTurn = ''] = names.filter(name => !isInShare(name, runAt(0)))
const job = (id: string, status: string, lastUpdatedAtMs: number) => ({
  jobId: jobId(id),
  status,
  lastUpdatedAtMs,
})

describe('a share', () => {
  test('comes to every name in each round, and to few of them twice', () => {
    const counts = names.map(name => turns.filter(run => isInShare(name, run)).length)
    expect(new Set(counts)).toEqual(new Set([1, 2]))
    expect(counts.filter(count => count === 2).length).toBeLessThan(names.length / 5)
  })

  test('skips nobody where runs start early or late, wherever the schedule began', () => {
    for (const phaseMs of [0, 1, 450_000, 899_999]) {
      const runs = turns.map((run, turn) => {
        const jitterMs = turn % 2 === 0 ? 40_000 : -40_000
        return { ...run, startedAtMs: run.startedAtMs + phaseMs + jitterMs }
      })
      const skipped = names.filter(name => !runs.some(run => isInShare(name, run)))
      expect(skipped).toEqual([])
    }
  })

  test('is about as large in every run', () => {
    const sizes = turns.map(run => names.filter(name => isInShare(name, run)).length)
    expect(Math.max(...sizes)).toBeLessThan(25)
  })

  test('is everything where a round is one run, or shorter', () => {
    for (const roundSeconds of [0, 900]) {
      const run = { ...runAt(3), times: { ...times, roundSeconds } }
      expect(names.every(name => isInShare(name, run))).toBe(true)
    }
  })
})

describe('the ends of a job are looked for', () => {
  test('a few sweeps back in every run, and two weeks back when it has its turn', () => {
    expect(endsSinceMs(job(outOfTurn, 'IN_PROGRESS', 0), runAt(0))).toBe(nowMs - 3_900_000)
    expect(recentMs(times)).toBe(3_900_000)
    expect(endsSinceMs(job(inTurn, 'IN_PROGRESS', 0), runAt(0))).toBe(nowMs - 14 * 86_400_000)
    expect(longestMs).toBe(14 * 86_400_000)
  })

  test('not before the backend came into the account', () => {
    const run = { ...runAt(0), deployedAtMs: nowMs - 5 }
    expect(endsSinceMs(job(inTurn, 'IN_PROGRESS', 0), run)).toBe(nowMs - 5)
  })

  test('only where there can be some: until a job is complete, or until the last try of a cancelled one is over', () => {
    const sinceMs = nowMs - recentMs(times)
    const isLooked = (status: string, atMs: number) =>
      endsSinceMs(job(outOfTurn, status, atMs), runAt(0)) === sinceMs
    expect([isLooked('COMPLETED', sinceMs - 1), isLooked('COMPLETED', sinceMs)]).toEqual([false, true])
    const canceled = sinceMs - longestExecutionMs
    expect([isLooked('CANCELED', canceled - 1), isLooked('CANCELED', canceled)]).toEqual([false, true])
    expect(isLooked('DELETION_IN_PROGRESS', 0)).toBe(true)
  })
})
