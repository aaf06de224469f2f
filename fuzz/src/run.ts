import { relative } from 'node:path'
import { readCorpus, saveInput, writeSeeds } from './corpus.ts'
import type { FuzzOptions } from './options.ts'
import { type Watched, watchSession } from './session/watch.ts'
import type { Target } from './target.ts'

/** What is added to the corpus of a parser in one run: small inputs, for people to look at. */
const mostKept = 24
const longestKeptBytes = 2_048

export interface RunPorts {
  targets: readonly Target[]
  /** URL of the module that exports them. */
  table: string
  corpusFolder: string
  /** An input that takes longer by the clock, in milliseconds, is taken for one that never comes back. */
  hangMs: number
  write: (text: string) => void
}

/** Fuzzes the parsers, some at a time, and tells of each in one line. @returns how many inputs failed */
export async function runFuzzer(ports: RunPorts, options: FuzzOptions): Promise<number> {
  const waiting = [...options.parsers]
  let crashes = 0
  const work = async (): Promise<void> => {
    for (let parser = waiting.shift(); parser !== undefined; parser = waiting.shift()) {
      crashes += await fuzzOne(ports, options, parser)
    }
  }
  await Promise.all(Array.from({ length: options.jobs }, work))
  return crashes
}

async function fuzzOne(ports: RunPorts, options: FuzzOptions, parser: string): Promise<number> {
  const { table, corpusFolder, hangMs, write } = ports
  const target = ports.targets.find(({ name }) => name === parser)
  if (target !== undefined) await writeSeeds(corpusFolder, target)
  const watched = await watchSession({
    table,
    parser,
    corpusFolder,
    seed: options.seed,
    durationMs: options.seconds * 1_000,
    hangMs,
    ...(options.replay && { only: options.replay }),
  })
  if (options.keep) keep(corpusFolder, parser, watched)
  for (const { input, problem } of watched.failures) {
    const file = relative(process.cwd(), saveInput(corpusFolder, parser, 'crash', input))
    write(`${parser}: ${problem}\nSee it again: npm run fuzz -- --replay ${file}\n`)
  }
  const { executions, failures } = watched
  const corpus = readCorpus(corpusFolder, parser).length
  write(`${parser} executions=${executions} corpus=${corpus} crashes=${failures.length}\n`)
  return failures.length
}

function keep(corpusFolder: string, parser: string, { found }: Watched): void {
  const short = found.filter(input => input.length <= longestKeptBytes)
  for (const input of short.slice(0, mostKept)) saveInput(corpusFolder, parser, 'found', input)
}
