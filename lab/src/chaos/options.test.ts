import { expect, test } from 'vitest'
import { readChaosOptions } from './options.ts'

function read(...args: string[]) {
  const written: string[] = []
  return { options: readChaosOptions(args, text => written.push(text)), text: written.join('') }
}

test('without flags six devices are tormented for two minutes, each run with other dice', () => {
  const [one, other] = [read().options, read().options]
  expect(one).toMatchObject({ minutes: 2, devices: 6 })
  expect(one).not.toEqual(other)
})

test('every flag is read', () => {
  expect(read('--minutes', '0.5', '--devices', '3', '--seed', '42').options).toEqual({
    minutes: 0.5,
    devices: 3,
    seed: 42,
  })
})

test.each([
  ['--minutes', '0', 'more than 0'],
  ['--minutes', 'soon', 'more than 0'],
  ['--devices', '21', 'from 1 to 20'],
  ['--seed', '-1', 'from 0 to 4294967295'],
])('%s %s is refused with what to give', (flag, value, why) => {
  const { options, text } = read(flag, value)
  expect(options).toBe(1)
  expect(text).toContain(why)
  expect(text).toContain('npm run chaos -- --help')
})

test('help is no error', () => {
  expect(read('--help').options).toBe(0)
})
