import { expect, test } from 'vitest'
import { leastRotations, type Outcome, shortcomings } from './report.ts'

const good: Outcome = { minutes: 10, devices: 6, violations: 0, rotations: 100, missing: [] }

test('ten minutes must have seen a hundred rotations of six devices, and every device one at least', () => {
  expect(shortcomings(good)).toEqual([])
  expect(shortcomings({ ...good, rotations: 99 })).toEqual(['Too few rotations: 99 of at least 100'])
  expect(leastRotations({ minutes: 10, devices: 20 })).toBe(100)
  expect(leastRotations({ minutes: 10, devices: 3 })).toBe(50)
  expect(leastRotations({ minutes: 0.4, devices: 3 })).toBe(3)
})

test('no violation is forgiven', () => {
  expect(shortcomings({ ...good, violations: 1 })).toEqual(['Rules were violated: 1'])
})

test('a kind of fault that never happened is no matter in a short run', () => {
  const run: Outcome = { ...good, missing: ['clock-jump'] }
  expect(shortcomings(run)).toEqual(['Kinds of faults that never happened: clock-jump'])
  expect(shortcomings({ ...run, minutes: 4.9 })).toEqual([])
})
