import { parseArgs } from 'node:util'
import { synth } from './synth.ts'

const { values } = parseArgs({
  options: {
    'out-dir': { type: 'string', default: 'cdk.out' },
    context: { type: 'string', short: 'c', multiple: true },
  },
})
const context = Object.fromEntries(
  (values.context ?? []).map(pair => {
    const [name = '', ...value] = pair.split('=')
    return [name, value.join('=')]
  }),
)
const { templatePath, cached } = await synth({ outDir: values['out-dir'], context })
process.stdout.write(`${templatePath}${cached ? ' (unchanged)' : ''}\n`)
