import { parseOptions } from './options.ts'
import { simulate } from './simulate.ts'

/** As a shell tells of a process that SIGPIPE ended. */
const endedByPipe = 141
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads has seen enough, as with `| head`.
  if (error.code === 'EPIPE') process.exit(endedByPipe)
  throw error
})
const write = (line: string): void => void process.stdout.write(`${line}\n`)
process.exitCode = (await simulate(parseOptions(process.argv), write)) ? 0 : 1
