import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Adds up what the three commands of CI counted. A report that is missing or a skipped test counts as a failure. */
const reports = `${dirname(dirname(dirname(fileURLToPath(import.meta.url))))}/reports`

interface Counts {
  passed: number
  failed: number
}

function readTests(file: string): Counts {
  const report = JSON.parse(readFileSync(`${reports}/${file}`, 'utf8')) as Record<string, number | boolean>
  const passed = Number(report['numPassedTests'])
  const notPassed = Number(report['numTotalTests']) - passed
  return { passed, failed: report['success'] === true ? notPassed : Math.max(1, notPassed) }
}

function orFailure(read: () => Counts): Counts {
  try {
    return read()
  } catch (error) {
    process.stdout.write(`A report cannot be read: ${String(error)}\n`)
    return { passed: 0, failed: 1 }
  }
}

const counts = [
  orFailure(() => readTests('test.json')),
  orFailure(() => readTests('test-outside.json')),
  orFailure(() => JSON.parse(readFileSync(`${reports}/check.json`, 'utf8')) as Counts),
]
// A command can fail although each of its tests passed, by coverage for example.
const failedCommands = process.argv.slice(2).filter(status => status !== '0').length
const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = Math.max(
  counts.reduce((sum, count) => sum + count.failed, 0),
  failedCommands,
)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
