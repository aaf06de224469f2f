import { Argument, Command, InvalidArgumentError } from 'commander'
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

function readSamples(text: string): number {
  const samples = Number(text)
  if (Number.isSafeInteger(samples) && samples > 0) return samples
  throw new InvalidArgumentError('It takes a whole number above 0.')
}

await new Command('npm run bench --')
  .description(
    'Runs benchmarks; each prints what it compares side by side. Exits with 1 where a limit is passed.',
  )
  .addArgument(new Argument('[names...]', 'which; all without').choices(Object.keys(benchmarks)))
  .option('--samples <number>', 'how often keys does each thing', readSamples)
  .action(async (names: string[], { samples }: { samples?: number }) => {
    for (const [name, run] of Object.entries(benchmarks)) {
      if (names.length > 0 && !names.includes(name)) continue
      if ((await run(text => void process.stdout.write(text), samples)) === false) process.exitCode = 1
    }
  })
  .parseAsync()
