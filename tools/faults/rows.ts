import type { Fault } from './catalogue.ts'
import type { FaultTest } from './fired-reporter.ts'

/** One fault's line: its tests that count, how often it fired in all, and what came of it. */
export interface FaultRow {
  id: string
  test: string
  fired: string
  outcome: string
  isOpen: boolean
  /** Shown on another machine only. */
  isSkipped?: boolean
  isBad: boolean
}

/** A fault that is neither open nor shown by a test in which it fired is bad, and so is a test that failed. */
export function faultRows(
  catalogue: Readonly<Record<string, Fault>>,
  tests: readonly FaultTest[],
): FaultRow[] {
  return Object.entries(catalogue).map(([id, fault]) => {
    const all = tests.filter(test => test.id === id)
    const own = all.filter(test => test.skipped !== true)
    const counting = own.filter(test => test.fired !== undefined)
    const failed = own.filter(test => !test.passed)
    if (fault.open !== undefined) {
      return {
        id,
        test: `open: ${fault.open}`,
        fired: '-',
        outcome: fault.outcome,
        isOpen: true,
        isBad: failed.length > 0,
      }
    }
    if (all.length > 0 && own.length === 0) return skippedRow(id, fault)
    const silent = counting.filter(test => test.fired === 0)
    return {
      id,
      test: counting.map(test => test.name).join('\n') || 'no test counts this fault',
      fired: String(counting.reduce((sum, test) => sum + (test.fired ?? 0), 0)),
      outcome: failed.length > 0 ? `FAILED: ${failed.map(test => test.name).join(', ')}` : fault.outcome,
      isOpen: false,
      isBad: failed.length > 0 || silent.length > 0 || counting.length === 0,
    }
  })
}

function skippedRow(id: string, { outcome }: Fault): FaultRow {
  const test = 'skipped: its tests need what this machine does not give, such as root'
  return { id, test, fired: '-', outcome, isOpen: false, isSkipped: true, isBad: false }
}
