import { expect, test } from 'vitest'
import { faultRows } from './rows.ts'

const fault = { fault: 'something breaks', outcome: 'it goes on' }
const passed = { id: 'M1', name: 'M1: a test', passed: true }

test('a fault that fired in a passing test is shown', () => {
  expect(
    faultRows({ M1: fault }, [
      { ...passed, fired: 2 },
      { ...passed, fired: 1 },
    ]),
  ).toMatchObject([{ id: 'M1', fired: '3', outcome: 'it goes on', isBad: false, isOpen: false }])
})

test.each([
  ['that no test shows', []],
  ['whose tests do not count it', [passed]],
  [
    'that never fired in one of its tests',
    [
      { ...passed, fired: 1 },
      { ...passed, fired: 0 },
    ],
  ],
  ['whose test failed', [{ ...passed, fired: 1, passed: false }]],
])('a fault %s is bad', (_, tests) => {
  expect(faultRows({ M1: fault }, tests)).toMatchObject([{ isBad: true }])
})

test('an open fault tells its reason, and is bad only where a test of it fails', () => {
  const open = { M1: { ...fault, open: 'needs more' } }
  expect(faultRows(open, [])).toMatchObject([{ test: 'open: needs more', isOpen: true, isBad: false }])
  expect(faultRows(open, [{ ...passed, passed: false }])).toMatchObject([{ isBad: true }])
})

test('a fault whose tests were all skipped is neither shown nor bad; one of them that ran counts', () => {
  const skipped = { ...passed, skipped: true }
  expect(faultRows({ M1: fault }, [skipped])).toMatchObject([{ isSkipped: true, isBad: false, fired: '-' }])
  expect(faultRows({ M1: fault }, [skipped, { ...passed, fired: 1 }])).toMatchObject([
    { fired: '1', isBad: false },
  ])
})
