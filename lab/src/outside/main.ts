import { spawnSync } from 'node:child_process'
import { missingPrograms } from './debian-packages.ts'
import { installPackages } from './install-packages.ts'

// Brings the foreign programs, then runs every check against them; one line a client and check.
const missing = missingPrograms()
const packages = [...new Set(missing.map(program => program.package))]
if (packages.length > 0 && !installPackages(packages, text => void process.stdout.write(text))) {
  process.exit(1)
}
const { status } = spawnSync(
  'vitest',
  [
    'run',
    '--project',
    'outside',
    '--reporter=verbose',
    '--reporter=json',
    '--outputFile.json=reports/test-outside.json',
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
)
process.exitCode = status ?? 1
