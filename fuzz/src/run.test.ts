import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FuzzOptions } from './options.ts'
import { runFuzzer } from './run.ts'
import { targets } from './testing/planted.ts'

let corpusFolder: string
beforeAll(() => {
  corpusFolder = mkdtempSync(join(tmpdir(), 'fuzz-'))
})
afterAll(() => {
  rmSync(corpusFolder, { recursive: true })
})

async function fuzz(parser: string, more: Partial<FuzzOptions> = {}) {
  const written: string[] = []
  const table = new URL('testing/planted.ts', import.meta.url).href
  const ports = {
    targets,
    table,
    corpusFolder,
    hangMs: 2_000,
    write: (text: string) => void written.push(text),
  }
  const options = { parsers: [parser], seconds: 0.2, seed: 1, jobs: 1, keep: false, ...more }
  return { crashes: await runFuzzer(ports, options), text: written.join('') }
}

const crashesOf = (parser: string): string[] =>
  readdirSync(join(corpusFolder, parser)).filter(name => name.startsWith('crash-'))

describe('the fuzzer', () => {
  test('says of a sound parser how often it was run, and writes its samples', async () => {
    const { crashes, text } = await fuzz('sound')
    expect(crashes).toBe(0)
    expect(text).toMatch(/^sound executions=\d{2,} corpus=1 crashes=0\n$/u)
    expect(readFileSync(join(corpusFolder, 'sound', 'sample'), 'utf8')).toBe('abc')
  })

  test('adds what reached something new to the corpus where it is told to', async () => {
    const { text } = await fuzz('sound', { keep: true })
    expect(text).toMatch(/corpus=[23] crashes=0/u)
  })

  test('keeps what runs code that no input ran before, though the parser answers alike', async () => {
    const { text } = await fuzz('taciturn', { keep: true })
    expect(text).toMatch(/corpus=[2-9] crashes=0/u)
  })

  test.each([
    ['throwing', 'TypeError: too short to be read'],
    ['accepting', 'WrongBehaviour: what is too short was accepted'],
    ['hanging', 'it did not come back in 2000 ms'],
    ['ending', 'the thread ended with 3'],
  ])('catches a parser that is %s, saves the input, and runs it again', async (parser, problem) => {
    const { crashes, text } = await fuzz(parser)
    expect(crashes).toBe(1)
    expect(text).toContain(`${parser}: ${problem}`)
    expect(text).toMatch(/executions=\d+ corpus=2 crashes=1\n$/u)
    const [name = ''] = crashesOf(parser)
    expect(text).toContain(`npm run fuzz -- --replay `)
    expect(text).toContain(`/${parser}/${name}\n`)
    const replay = readFileSync(join(corpusFolder, parser, name))
    expect(replay.length).toBeLessThan(3)
    const again = await fuzz(parser, { replay })
    expect(again.crashes).toBe(1)
    expect(again.text).toContain(`${parser} executions=1 `)
  })
})
