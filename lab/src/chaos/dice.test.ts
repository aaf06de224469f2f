import { expect, test } from 'vitest'
import { dice } from './dice.ts'

const throws = (seed: number): number[] => {
  const { roll } = dice(seed)
  return Array.from({ length: 5 }, roll)
}

test('the same seed throws the same, another one does not', () => {
  expect(throws(7)).toEqual(throws(7))
  expect(throws(7)).not.toEqual(throws(8))
})

test('throws are spread evenly over the range, both ends included', () => {
  const { between } = dice(1)
  const counts = [0, 0, 0, 0]
  for (let thrown = 0; thrown < 4_000; thrown += 1) {
    const value = between(0, 3)
    counts[value] = (counts[value] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120)
})

test('an item is chosen among those given, and none among none', () => {
  const { pick } = dice(3)
  expect(new Set(Array.from({ length: 100 }, () => pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']))
  expect(() => pick([])).toThrow('nothing to choose from')
})

test('dice that are split off do not shift the throws of the others by theirs', () => {
  const [one, other] = [dice(5), dice(5)]
  one.split().roll()
  other.split()
  expect(one.roll()).toBe(other.roll())
})
