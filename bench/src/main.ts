import { broker } from './broker/broker.ts'
import { footprint } from './footprint/footprint.ts'
import { keys } from './keys/keys.ts'
import { lambda } from './lambda/lambda.ts'

const benchmarks: Readonly<Record<string, (write: (text: string) => void) => Promise<void>>> = {
  footprint,
  broker,
  keys,
  lambda,
}

// Runs the named benchmarks, or all; each prints what it compares side by side.
const names = process.argv.slice(2)
const unknown = names.filter(name => !Object.hasOwn(benchmarks, name))
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}. Choose from ${Object.keys(benchmarks).join(', ')}.\n`,
  )
  process.exit(1)
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (names.length === 0 || names.includes(name)) await run(text => void process.stdout.write(text))
}
