import { expect, test } from 'vitest'
import { middling, spread } from './spread.ts'

test('a time is spread around its middle, by whole milliseconds', () => {
  expect(spread(50, middling)).toBe(50)
  expect(spread(50, () => 0)).toBe(25)
  expect(spread(50, () => 0.999)).toBe(75)
  expect(spread(5, () => 0.3)).toBe(4)
})
