import { expect, test } from 'vitest'
import { faultKinds, tally } from './tally.ts'

test('every kind has its count in the line, also those that did not happen', () => {
  const counted = tally()
  counted.count('core-killed')
  counted.count('core-killed')
  expect(counted.line()).toContain('core-killed=2 component-killed=0')
  expect(counted.line().split(' ')).toHaveLength(faultKinds.length)
  expect(counted.faults).toBe(2)
})

test('what cannot be brought about here says why, and is not missing', () => {
  const counted = tally()
  counted.skip('disk-full', 'no root')
  expect(counted.line()).toContain('disk-full=skipped(no root)')
  expect(counted.missing()).not.toContain('disk-full')
  expect(counted.missing()).toContain('clock-jump')
})
