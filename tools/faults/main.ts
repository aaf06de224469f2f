import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import Table from 'cli-table3'
import { readFlags } from '../options/read-flags.ts'
import { catalogue } from './catalogue.ts'
import type { FaultTest } from './fired-reporter.ts'
import { faultRows } from './rows.ts'

const flags = readFlags(
  process.argv.slice(2),
  { name: 'faults', does: 'Runs the test of every fault, and tells how often each fired.', flags: {} },
  text => void process.stdout.write(text),
)
if (typeof flags === 'number') process.exit(flags)

// Runs the tests that are named for a fault, and tells of each fault how often it fired and what came of it.
const run = spawnSync(
  'vitest',
  [
    'run',
    '--project',
    'unit',
    '--project',
    'whole',
    '--project',
    'simulation',
    '--project',
    'outside',
    '-t',
    '(^| )[MCDA][0-9]+[:,]',
    '--reporter=dot',
    '--reporter=./tools/faults/fired-reporter.ts',
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
)
const tests = JSON.parse(readFileSync('reports/faults.json', 'utf8')) as FaultTest[]
const rows = faultRows(catalogue, tests)
const table = new Table({
  head: ['id', 'test', 'fired', 'outcome'],
  style: { head: [], border: [] },
  wordWrap: true,
  colWidths: [6, 70, 8, 60],
})
for (const row of rows) table.push([row.id, row.test, row.fired, row.outcome])
process.stdout.write(`${table.toString()}\n`)
const bad = rows.filter(row => row.isBad)
const open = rows.filter(row => row.isOpen)
const skipped = rows.filter(row => row.isSkipped === true)
const shown = rows.length - bad.length - open.length - skipped.length
process.stdout.write(
  `faults=${rows.length} shown=${shown} open=${open.length} skipped=${skipped.length} bad=${bad.length}\n`,
)
process.exitCode = bad.length === 0 && run.status === 0 ? 0 : 1
