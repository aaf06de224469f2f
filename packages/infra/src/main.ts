import { synthRequestOf } from './context.ts'
import { synth } from './synth.ts'

try {
  const { templatePath, cached } = await synth(synthRequestOf(process.argv.slice(2)))
  process.stdout.write(`${templatePath}${cached ? ' (unchanged)' : ''}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
