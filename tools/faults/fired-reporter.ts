import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** One test of a fault, as it ran. */
export interface FaultTest {
  id: string
  name: string
  passed: boolean
  /** It needs what this machine does not give. */
  skipped?: boolean
  /** Left out by a test that shows a part of the fault without counting. */
  fired?: number
}

/** Writes down every test whose name starts with the id of a fault. */
export default class FiredReporter implements Reporter {
  #file = 'reports/faults.json'

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap(module => [...module.children.allTests()].flatMap(faultTest))
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(this.#file, JSON.stringify(tests))
  }
}

function faultTest(test: TestCase): FaultTest[] {
  const ids = /^([MCDA]\d+(?:, [MCDA]\d+)*):/u.exec(test.name)?.[1]?.split(', ') ?? []
  const { fired } = test.meta() as { fired?: number }
  const { state } = test.result()
  const result = { passed: state !== 'failed', ...(state === 'skipped' && { skipped: true }) }
  return ids.map(id => ({ id, name: test.name, ...result, ...(fired === undefined ? {} : { fired }) }))
}
