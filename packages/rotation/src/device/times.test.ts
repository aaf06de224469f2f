import { expect, test } from 'vitest'
import {
  askAgainMs,
  lookAfterMs,
  lookAgainMs,
  looksNeeded,
  notConnectedForLongMs,
  otherSideAfterMs,
  pollMs,
  pollSpreadMs,
  pollsAtRest,
  restartAgainMs,
  settleMs,
  versionOnePatienceMs,
} from './times.ts'

test('a question is asked again after 5 s, doubling to 60 s', () => {
  expect([0, 1, 2, 3, 4, 5, 5000].map(askAgainMs)).toEqual([
    5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000,
  ])
})

test('Greengrass is restarted again after 2 min, doubling to 60 min', () => {
  expect([0, 1, 2, 3, 4, 5, 6].map(n => restartAgainMs(n) / 60_000)).toEqual([2, 4, 8, 16, 32, 60, 60])
})

test('the other identity is tried after 10 min, doubling to 60 min', () => {
  expect([0, 1, 2, 3, 4].map(n => otherSideAfterMs(n) / 60_000)).toEqual([10, 20, 40, 60, 60])
})

test('"repeatedly" is at least 10 s apart and over at least 2 min', () => {
  expect(lookAgainMs).toBeGreaterThanOrEqual(10_000)
  expect(lookAgainMs * (looksNeeded - 1)).toBeGreaterThanOrEqual(120_000)
})

test('the others, in ms', () => {
  expect({
    lookAfterMs,
    notConnectedForLongMs,
    pollMs,
    pollSpreadMs,
    pollsAtRest,
    settleMs,
    versionOnePatienceMs,
  }).toEqual({
    lookAfterMs: 30_000,
    notConnectedForLongMs: 600_000,
    pollMs: 300_000,
    pollSpreadMs: 60_000,
    pollsAtRest: 12,
    settleMs: 600_000,
    versionOnePatienceMs: 121_000,
  })
})
