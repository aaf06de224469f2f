import { runChaos } from './run.ts'

process.exitCode = await runChaos(process.argv.slice(2), process.stdout)
