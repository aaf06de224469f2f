import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { rejectCommits } from './false-answers.ts'
import { journaledPhase, journalFile, workFolder } from './journal-file.ts'
import { asOfNow, ended, expectRotated, startJob } from './rotation.ts'
import type { Cut } from './trial/trial-file.ts'
import { test } from './trial-test.ts'

/** What becomes of the journal while the device has no power. */
const damages = {
  'is empty': () => '',
  'is torn': (text: string) => text.slice(0, text.length / 2),
  'is of a newer version': (text: string) => text.replace('"version":1', '"version":2'),
} as const

interface Case {
  how: keyof typeof damages
  /** Where the device stands, and the phase that its journal tells of then. */
  at: Pick<Cut, 'when' | 'effect' | 'text'>
  phase: string
  /** The code that the execution fails with; without one it succeeds all the same. */
  failureCode?: string
  /** NEW is refused for good, so that the device is on its way back. */
  isRejected?: boolean
}

const cases: Case[] = [
  // The key was dropped with what nobody could explain, and the execution has its certificate already.
  {
    how: 'is empty',
    at: { when: 'before', effect: 'install' },
    phase: 'install',
    failureCode: 'ANOTHER_CSR_PENDING',
  },
  { how: 'is torn', at: { when: 'after', effect: 'install' }, phase: 'install' },
  { how: 'is of a newer version', at: { when: 'before', effect: 'restart-service' }, phase: 'restart' },
  { how: 'is empty', at: { when: 'before', effect: 'publish-commit' }, phase: 'commit' },
  { how: 'is torn', at: { when: 'before', effect: 'update-job', text: 'SUCCEEDED' }, phase: 'finish' },
  {
    how: 'is of a newer version',
    at: { when: 'after', effect: 'roll-back' },
    phase: 'rollback',
    failureCode: 'ROLLED_BACK',
    isRejected: true,
  },
]

describe.concurrent('a journal that cannot be used', () => {
  test.for(cases)(
    'D10: a journal that $how in the phase $phase is set aside, and the device finds out what to do',
    async ({ how, at, phase, failureCode, isRejected }, { world, trials, expect }) => {
      const device = await trials.start({ cuts: [{ ...at, signal: 'SIGSTOP' }] })
      let isOnTrial = isRejected ?? false
      rejectCommits(world, device, ({ certificateId }) =>
        isOnTrial && certificateId !== device.old.certificateId ? 'ABANDONED' : undefined,
      )
      const jobId = await startJob(world, device)
      await trials.cut(device)
      expect(journaledPhase(device)).toBe(phase)
      let damaged = ''
      await device.cutPower(() => {
        damaged = damages[how](readFileSync(journalFile(device), 'utf8'))
        writeFileSync(journalFile(device), damaged)
        trials.fired()
      })
      if (failureCode === undefined) await expectRotated(world, device, jobId)
      else {
        expect(await ended(world, device, jobId)).toMatchObject({
          status: 'FAILED',
          statusDetails: { failureCode },
        })
        isOnTrial = false
        expect(asOfNow(device).old).toEqual(device.old)
        await expectRotated(world, device, await startJob(world, device))
      }
      expect(readFileSync(join(workFolder(device), 'journal.set-aside-1.json'), 'utf8')).toBe(damaged)
      expect(readFileSync(device.componentLog, 'utf8')).toContain('The journal is unusable')
    },
  )
})
