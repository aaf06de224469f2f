import { expect, test } from 'vitest'
import { fillPool } from '../device/key-pool.ts'
import { tallyOf } from './compare.ts'
import { versionOneBlueprint } from './partners/version-one-functions.ts'

test('version 1 on its own strands a device or blocks a thing under more than forty single faults', {
  timeout: 60_000,
}, async () => {
  await fillPool(8)
  const { schedules, bad, blocked, stranded, strandedForGood, byFault } = await tallyOf(
    'v1',
    versionOneBlueprint,
  )
  expect(schedules).toBeGreaterThan(150)
  expect(bad).toBeGreaterThan(40)
  expect(blocked).toBeGreaterThan(40)
  expect(stranded).toBeGreaterThan(strandedForGood)
  expect([...byFault.keys()]).toEqual(
    expect.arrayContaining([
      'lost',
      'late',
      'function-killed',
      'execution-cancelled',
      'execution-timed-out',
      'power-cut',
    ]),
  )
  expect(byFault.has('none')).toBe(false)
})
