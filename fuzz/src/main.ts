import { availableParallelism } from 'node:os'
import { corpusFolder } from './corpus.ts'
import { readOptions } from './options.ts'
import { runFuzzer } from './run.ts'
import { targets } from './targets.ts'

/** The machine may be busy with other things; slow inputs are found by the processor's time. */
const hangMs = 20_000
const write = (text: string): void => void process.stdout.write(text)
const defaults = { seed: Date.now() % 1_000_000, jobs: availableParallelism() }
const options = readOptions(
  process.argv.slice(2),
  targets.map(({ name }) => name),
  defaults,
  write,
)
if (typeof options === 'number') process.exitCode = options
else {
  write(`seed=${options.seed}\n`)
  const table = new URL('targets.ts', import.meta.url).href
  const crashes = await runFuzzer({ targets, table, corpusFolder, hangMs, write }, options)
  process.exitCode = crashes === 0 ? 0 : 1
}
