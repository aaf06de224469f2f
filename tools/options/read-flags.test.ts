import { expect, test } from 'vitest'
import { readFlags } from './read-flags.ts'

function read(...args: string[]) {
  const written: string[] = []
  const command = { name: 'docs', does: 'Writes pages.', flags: { check: 'writes nothing' } }
  const flags = readFlags(args, command, text => written.push(text))
  return { flags, text: written.join('') }
}

test('flags that were given are told', () => {
  expect(read().flags).toEqual(new Set())
  expect(read('--check').flags).toEqual(new Set(['check']))
})

test('--help lists them, and nothing is done', () => {
  const { flags, text } = read('--help')
  expect(flags).toBe(0)
  expect(text).toContain('Writes pages.')
  expect(text).toContain('--check')
})

test.each(['--bogus', 'bogus'])('%s is refused with the way to the flags', word => {
  const { flags, text } = read(word)
  expect(flags).toBe(1)
  expect(text).toContain('Run npm run docs -- --help')
})
