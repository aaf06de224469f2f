import { parseArgs } from 'node:util'
import { broker } from './broker/broker.ts'
import { footprint } from './footprint/footprint.ts'
import { keys } from './keys/keys.ts'
import { lambda } from './lambda/lambda.ts'

/**
 * @param samples how often keys does each thing; undefined: as often as a figure needs that is to be believed
 * @returns false where a limit is passed; those without limits give nothing
 */
type Benchmark = (write: (text: string) => void, samples?: number) => Promise<unknown>

const benchmarks: Readonly<Record<string, Benchmark>> = {
  footprint,
  broker,
  keys,
  lambda,
}

// Runs the named benchmarks, or all; each prints what it compares side by side.
const { positionals: names, values } = parseArgs({
  options: { samples: { type: 'string' } },
  allowPositionals: true,
})
const samples = values.samples === undefined ? undefined : Number(values.samples)
if (samples !== undefined && !(Number.isSafeInteger(samples) && samples > 0)) {
  process.stderr.write(`--samples takes a whole number above 0, not ${values.samples}.\n`)
  process.exit(1)
}
const unknown = names.filter(name => !Object.hasOwn(benchmarks, name))
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}. Choose from ${Object.keys(benchmarks).join(', ')}.\n`,
  )
  process.exit(1)
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (names.length === 0 || names.includes(name)) {
    if ((await run(text => void process.stdout.write(text), samples)) === false) process.exitCode = 1
  }
}
