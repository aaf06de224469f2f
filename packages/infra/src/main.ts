import { parseArgs } from 'node:util'
import { contextOf } from './context.ts'
import { synth } from './synth.ts'

try {
  const { values } = parseArgs({
    options: {
      'out-dir': { type: 'string', default: 'cdk.out' },
      context: { type: 'string', short: 'c', multiple: true, default: [] },
    },
  })
  const { templatePath, cached } = await synth({
    outDir: values['out-dir'],
    context: contextOf(values.context),
  })
  process.stdout.write(`${templatePath}${cached ? ' (unchanged)' : ''}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
