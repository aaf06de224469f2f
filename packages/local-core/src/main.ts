import { startCore } from './core.ts'
import { coreUsage, parseCoreOptions } from './core-options.ts'

try {
  const options = parseCoreOptions(process.argv.slice(2), process.cwd())
  const core = await startCore(options, line => process.stdout.write(line))
  process.once('SIGTERM', () => void core.stop())
  process.once('SIGINT', () => void core.stop())
  // Nobody reads the events any more: the lab is gone, and its devices go with it.
  process.stdout.once('error', () => void core.stop())
  await core.stopped
  process.exit(0)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${coreUsage}`)
  process.exit(1)
}
