import { expect, test } from 'vitest'
import { brokenByTellings } from './tellings.ts'

const notices = (message: string, times: number) =>
  Array.from({ length: times }, () => ({ Message: message, MessageAttributes: {} }))

test('a repeat or two is no news', () => {
  expect(brokenByTellings([])).toEqual([])
  expect(brokenByTellings([...notices('failed', 4), ...notices('timed out', 4)])).toEqual([])
})

test('the same again and again is a fault', () => {
  expect(brokenByTellings([...notices('failed', 1), ...notices('timed out', 5)])).toEqual([
    { rule: 8, problem: 'the operators were told the same 5 times' },
  ])
})
