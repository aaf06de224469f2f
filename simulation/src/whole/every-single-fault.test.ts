import { expect, test } from 'vitest'
import { said } from './said.ts'

test('a rotation and its retry keep every rule under every single fault', async () => {
  const [last = '', ...others] = (
    await said({ what: 'exhaustive', mostFaults: 1, processes: 2 })
  ).toReversed()
  expect(others).toEqual([])
  const [, schedules] = /^faults<=1 schedules=(\d+) violations=0$/u.exec(last) ?? [last]
  expect(Number(schedules)).toBeGreaterThan(1_000)
})
