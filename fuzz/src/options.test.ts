import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readOptions } from './options.ts'

function options(...args: string[]) {
  const written: string[] = []
  const read = readOptions(args, ['csr', 'record'], { seed: 7, jobs: 2 }, text => void written.push(text))
  return { read, text: written.join('') }
}

test('without flags every parser is fuzzed for a while', () => {
  expect(options().read).toEqual({ parsers: ['csr', 'record'], seconds: 10, seed: 7, jobs: 2, keep: false })
})

test('parsers, time and seed can be chosen', () => {
  const { read } = options(
    '--parser',
    'record',
    '--parser',
    'csr',
    '--seconds',
    '60',
    '--seed',
    '3',
    '--keep',
  )
  expect(read).toEqual({ parsers: ['record', 'csr'], seconds: 60, seed: 3, jobs: 2, keep: true })
})

test('an input to run again names its parser by its folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
  mkdirSync(join(folder, 'csr'))
  writeFileSync(join(folder, 'csr', 'crash-1'), 'x')
  expect(options('--replay', join(folder, 'csr', 'crash-1')).read).toMatchObject({
    parsers: ['csr'],
    replay: Buffer.from('x'),
  })
  rmSync(folder, { recursive: true })
})

test.each([
  [['--parser', 'yaml'], /No parser is called so.*csr, record/u],
  [['--seconds', '0'], /whole number/u],
  [['--replay', '/nowhere/csr/x'], /no such file/u],
  [['--replay', import.meta.filename], /No parser is called so/u],
])('%j is refused with what may be given instead', (args, sentence) => {
  const { read, text } = options(...args)
  expect(read).toBe(1)
  expect(text).toMatch(sentence)
})
