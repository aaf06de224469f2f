import { parseOptions } from './options.ts'
import { simulate } from './simulate.ts'

const write = (line: string): void => void process.stdout.write(`${line}\n`)
process.exitCode = (await simulate(parseOptions(process.argv), write)) ? 0 : 1
