import { expect, test } from 'vitest'
import { Chance } from './chance.ts'

const numbers = (seed: number, count: number): number[] => {
  const chance = new Chance(seed)
  return Array.from({ length: count }, () => chance.fraction())
}

test('the same seed gives the same numbers, another seed others', () => {
  expect(numbers(1, 20)).toEqual(numbers(1, 20))
  expect(numbers(2, 20)).not.toEqual(numbers(1, 20))
})

test('numbers are spread evenly from 0 to 1', () => {
  const tenths = Array.from({ length: 10 }, () => 0)
  for (const number of numbers(3, 10_000))
    tenths[Math.floor(number * 10)] = (tenths[Math.floor(number * 10)] ?? 0) + 1
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150)
})

test('there is nothing to choose from an empty list', () => {
  expect(() => new Chance(1).oneOf([])).toThrow('nothing to choose from')
})
