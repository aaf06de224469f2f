import { describe } from 'vitest'
import { inUse } from '../operator/proof.ts'
import { journaledPhase } from './journal-file.ts'
import { asOfNow, attachedNow, cancel, ended, expectRotated, startJob, until } from './rotation.ts'
import type { Cut } from './trial/trial-file.ts'
import { test } from './trial-test.ts'

interface Case {
  phase: string
  at: Pick<Cut, 'when' | 'effect' | 'text'>
  /** The certificate that the device is on in the end. */
  stays: 'OLD' | 'NEW'
}

const cases: Case[] = [
  { phase: 'ask', at: { when: 'after', effect: 'publish-create' }, stays: 'OLD' },
  { phase: 'check', at: { when: 'before', effect: 'compare' }, stays: 'OLD' },
  { phase: 'commit', at: { when: 'before', effect: 'publish-commit' }, stays: 'OLD' },
  { phase: 'finish', at: { when: 'before', effect: 'update-job', text: 'SUCCEEDED' }, stays: 'NEW' },
]

describe.concurrent('a device that comes back after its job has ended', () => {
  test.for(cases)(
    'D17: in the phase $phase: it ends on $stays, as the record decides, and the next rotation succeeds',
    async ({ phase, at, stays }, { world, trials, expect }) => {
      const device = await trials.start({ cuts: [{ ...at, signal: 'SIGSTOP' }] })
      const jobId = await startJob(world, device)
      await trials.cut(device)
      expect(journaledPhase(device)).toBe(phase)
      await device.cutPower(async () => {
        await cancel(world, jobId)
        expect(await ended(world, device, jobId)).toMatchObject({ status: 'CANCELED' })
        trials.fired()
      })
      await until(
        'the device at rest',
        () => journaledPhase(device),
        now => now === 'idle',
      )
      const present = inUse(device)
      expect(present === device.old.certificateId).toBe(stays === 'OLD')
      expect(await attachedNow(world, device)).toContain(present)
      await expectRotated(world, asOfNow(device), await startJob(world, device))
    },
  )
})
