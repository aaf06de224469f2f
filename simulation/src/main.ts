import { readOptions } from './options.ts'
import { simulate } from './simulate.ts'

/** As a shell tells of a process that SIGPIPE ended. */
const endedByPipe = 141
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads has seen enough, as with `| head`.
  if (error.code === 'EPIPE') process.exit(endedByPipe)
  throw error
})
const write = (line: string): void => void process.stdout.write(`${line}\n`)
const options = readOptions(process.argv.slice(2), text => void process.stdout.write(text))
if (typeof options === 'number') process.exitCode = options
else process.exitCode = (await simulate(options, write)) ? 0 : 1
