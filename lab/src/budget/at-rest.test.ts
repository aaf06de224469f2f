import { expect, test } from 'vitest'
import { costAtRest, meteredAtRest, mostDevicesAtRest } from './at-rest.ts'

const dollarsOf = (word: string): number =>
  meteredAtRest
    .filter(({ what }) => what.includes(word))
    .reduce((sum, { times, perMillion }) => sum + (times * perMillion) / 1_000_000, 0)

test('a poll an hour costs 1.44 dollars a month for a thousand devices', () => {
  expect(dollarsOf('next job')).toBeCloseTo(1.44, 6)
})

test('the sweep lists a thousand things 2,880 times a month, 200 KB each time', () => {
  expect(dollarsOf('lists the things')).toBeCloseTo(0.72, 6)
  expect(dollarsOf('records in turn')).toBeCloseTo(0.0375, 6)
  expect(dollarsOf('waits between')).toBeCloseTo(0.0192, 4)
  expect(dollarsOf('logs')).toBeLessThan(0.01)
})

test('what nothing to do costs is the sum of that', () => {
  expect(costAtRest()).toBeCloseTo(1.44 + 0.72 + 0.0375 + 0.0192 + 0.0029, 3)
})

test('half of 200 reads a second is taken by 360,000 devices that ask once an hour', () => {
  expect(mostDevicesAtRest()).toBe(360_000)
})
