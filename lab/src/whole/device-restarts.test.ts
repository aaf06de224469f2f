import { describe } from 'vitest'
import { coreControl } from '../fleet/core-control.ts'
import { journaledPhase } from './journal-file.ts'
import { expectRotated, startJob } from './rotation.ts'
import type { Cut } from './trial/trial-file.ts'
import { test } from './trial-test.ts'

const phases: [string, Pick<Cut, 'when' | 'effect' | 'text'>][] = [
  ['idle', { when: 'before', effect: 'make-pending' }],
  ['ask', { when: 'after', effect: 'publish-create' }],
  ['check', { when: 'before', effect: 'check-certificate' }],
  ['install', { when: 'before', effect: 'install' }],
  ['commit', { when: 'after', effect: 'publish-commit' }],
  ['finish', { when: 'before', effect: 'update-job', text: 'SUCCEEDED' }],
  ['close', { when: 'after', effect: 'drop-identities' }],
]

describe.concurrent('a Greengrass that restarts by itself', () => {
  test.for(phases)(
    'D5: in the phase %s: the rotation succeeds',
    async ([phase, at], { world, trials, expect }) => {
      const device = await trials.start({ cuts: [{ ...at, signal: 'SIGSTOP' }] })
      const jobId = await startJob(world, device)
      await trials.cut(device)
      expect(journaledPhase(device)).toBe(phase)
      await coreControl(device).restart()
      trials.fired()
      await expectRotated(world, device, jobId)
    },
  )
})
