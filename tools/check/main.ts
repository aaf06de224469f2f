import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFlags } from '../options/read-flags.ts'
import { oversized } from './sizes.ts'

const flags = readFlags(
  process.argv.slice(2),
  { name: 'check', does: 'Checks format, lint, types, imports, sizes and generated documents.', flags: {} },
  text => void process.stdout.write(text),
)
if (typeof flags === 'number') process.exit(flags)

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** What is given to devices and to AWS. */
const deployed = ['protocol', 'rotation', 'component', 'backend', 'infra'].map(name => `packages/${name}/src`)

/** Each step gives what is wrong, as text to print; nothing where all is well. */
const steps: Record<string, () => string> = {
  format: () => run('biome', 'ci', '--colors=off', '--error-on-warnings', '.'),
  lint: () => run('oxlint', '--type-aware', '--deny-warnings', '.'),
  security: () => run('oxlint', '--config', '.oxlintrc.security.json', '--deny-warnings', ...deployed),
  types: () => run('tsc', '-p', '.'),
  imports: () =>
    run('depcruise', '--config', '.dependency-cruiser.cjs', 'packages', 'lab', 'bench', 'simulation', 'fuzz'),
  sizes: () => oversized(root).join('\n'),
  'generated documents': () => run('node', 'tools/docs/main.ts', '--check'),
}

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? '' : `${error?.message ?? ''}${stdout}${stderr}` || `${command} ended with ${status}`
}

const results = Object.entries(steps).map(([name, step]) => {
  const problem = step()
  process.stdout.write(problem === '' ? `ok      ${name}\n` : `FAILED  ${name}\n${problem}\n`)
  return problem === ''
})
const passed = results.filter(Boolean).length
mkdirSync(`${root}/reports`, { recursive: true })
writeFileSync(`${root}/reports/check.json`, JSON.stringify({ passed, failed: results.length - passed }))
process.exitCode = passed === results.length ? 0 : 1
