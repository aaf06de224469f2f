import { describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { createDeadlines } from './deadlines.ts'

/** A clock that counts how many timers it was asked for, and the longest of them. */
function countingClock(clock: ManualClock): Clock & { timers: number; longestMs: number } {
  return {
    timers: 0,
    longestMs: 0,
    now: () => clock.now(),
    after(ms, call) {
      this.timers += 1
      this.longestMs = Math.max(this.longestMs, ms)
      return clock.after(ms, call)
    },
  }
}

describe('deadlines', () => {
  test('fall due in the order of their times, equal ones in the order of their making', () => {
    const clock = new ManualClock(0)
    const deadlines = createDeadlines(clock)
    const due: string[] = []
    for (const [name, at] of Object.entries({ d: 400, a: 100, c: 300, b1: 200, b2: 200 }))
      deadlines.at(at, () => void due.push(`${name}@${clock.now()}`))
    clock.advance(1000)
    expect(due).toEqual(['a@100', 'b1@200', 'b2@200', 'c@300', 'd@400'])
  })

  test('a cancelled one does not fall due, wherever it stands', () => {
    const clock = new ManualClock(0)
    const deadlines = createDeadlines(clock)
    const due: number[] = []
    const all = [10, 20, 30].map(at => deadlines.at(at, () => void due.push(at)))
    all[0]?.cancel()
    all[1]?.cancel()
    clock.advance(100)
    expect(due).toEqual([30])
  })

  test('one that is made while another falls due, in the past or the future, is kept', () => {
    const clock = new ManualClock(0)
    const deadlines = createDeadlines(clock)
    const due: string[] = []
    deadlines.at(10, () => {
      deadlines.at(5, () => void due.push(`late@${clock.now()}`))
      deadlines.at(50, () => void due.push(`next@${clock.now()}`))
    })
    clock.advance(100)
    expect(due).toEqual(['late@10', 'next@50'])
  })

  test('thousands in random order fall due in order', () => {
    const clock = new ManualClock(0)
    const deadlines = createDeadlines(clock)
    const due: number[] = []
    for (let i = 0; i < 5000; i++) {
      const at = (i * 7919) % 5003
      deadlines.at(at, () => void due.push(at))
    }
    clock.advance(6000)
    expect(due).toHaveLength(5000)
    expect(due).toEqual(due.toSorted((a, b) => a - b))
  })

  test('ten thousand at later and later times take one timer of the clock', () => {
    const clock = countingClock(new ManualClock(0))
    const deadlines = createDeadlines(clock)
    for (let i = 0; i < 10_000; i++) deadlines.at(1000 + i, () => undefined)
    expect(clock.timers).toBe(1)
  })

  test('no timer is longer than a day, and a deadline a year ahead still falls due at its time', () => {
    const manual = new ManualClock(0)
    const clock = countingClock(manual)
    const due: number[] = []
    const yearMs = 365 * 24 * 60 * 60 * 1000
    createDeadlines(clock).at(yearMs, () => void due.push(manual.now()))
    manual.advance(yearMs - 1)
    expect(due).toEqual([])
    manual.advance(1)
    expect(due).toEqual([yearMs])
    expect(clock.longestMs).toBe(24 * 60 * 60 * 1000)
  })
})
