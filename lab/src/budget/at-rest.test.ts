import { pollMs } from '@rotator/rotation/device/times'
import { expect, test } from 'vitest'
import { costAtRest, devicesCounted, meteredAtRest, mostDevicesAtRest } from './at-rest.ts'

const hourMs = 3_600_000
const dollarsOf = (word: string): number =>
  meteredAtRest
    .filter(({ what }) => what.includes(word))
    .reduce((sum, { times, perMillion }) => sum + (times * perMillion) / 1_000_000, 0)

test('a poll an hour costs 1.44 dollars a month for a thousand devices, and others in proportion', () => {
  expect(dollarsOf('next job') * (pollMs / hourMs)).toBeCloseTo(1.44, 6)
})

test('the sweep lists a thousand things 2,880 times a month, 200 KB each time', () => {
  expect(dollarsOf('lists the things')).toBeCloseTo(0.72, 6)
  expect(dollarsOf('records in turn')).toBeCloseTo(0.0375, 6)
  expect(dollarsOf('waits between')).toBeCloseTo(0.0192, 4)
  expect(dollarsOf('logs')).toBeLessThan(0.01)
})

test('what nothing to do costs is the sum of that', () => {
  expect(costAtRest()).toBeCloseTo(1.44 * (hourMs / pollMs) + 0.72 + 0.0375 + 0.0192 + 0.0029, 3)
})

test('half of 200 reads a second lets so many devices poll as poll in the time between two polls of one', () => {
  const pollsPerSecond = mostDevicesAtRest() / (pollMs / 1_000)
  expect(pollsPerSecond).toBe(100)
  expect(mostDevicesAtRest()).toBeGreaterThan(devicesCounted)
})
