import { runChaos } from './run.ts'

process.exit(await runChaos(process.argv.slice(2), process.stdout))
