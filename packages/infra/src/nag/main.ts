import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleHandlers } from '../bundle.ts'
import { judgedStacks } from './judged-stacks.ts'
import { reportJudgements } from './report-judgements.ts'

const bundles = mkdtempSync(join(tmpdir(), 'rotator-nag-'))
try {
  await bundleHandlers(bundles)
  const found = reportJudgements(judgedStacks(bundles), text => void process.stdout.write(text))
  process.exitCode = found === 0 ? 0 : 1
} finally {
  rmSync(bundles, { recursive: true, force: true })
}
