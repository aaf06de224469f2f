import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import { synthRequestOf } from './context.ts'
import { synth } from './synth.ts'

try {
  const { templatePath, cached } = await synth(synthRequestOf(process.argv.slice(2)))
  for (const path of globSync(`${dirname(templatePath)}/*.template.json`).sort())
    process.stdout.write(`${path}${cached ? ' (unchanged)' : ''}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
