import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import type { Device } from '../fleet/device.ts'
import { inUse } from '../operator/proof.ts'
import { connectAs } from './device-client.ts'
import { workFolder } from './journal-file.ts'
import { attachedNow, ended, expectRotated, startJob, until } from './rotation.ts'
import type { Cut } from './trial/trial-file.ts'
import { test } from './trial-test.ts'
import { beginAsVersionOne, leaveFiles } from './version-one-remains.ts'

const backups = (device: Device): string[] =>
  readdirSync(workFolder(device)).filter(name => name.endsWith('.bak'))

describe.concurrent('a version 1 component that is replaced in the middle of its rotation', () => {
  test('D15: after the switch: the rotation is finished over NEW', async ({ world, trials, expect }) => {
    const device = await trials.make()
    const { jobId, made } = await beginAsVersionOne(world, device)
    leaveFiles(device, made)
    trials.fired()
    trials.run(device)
    await expectRotated(world, device, jobId)
    expect(inUse(device)).toBe(made.certificateId)
    await until(
      'the end of the backups',
      () => backups(device),
      names => names.length === 0,
    )
  })

  test('D15: after its commit: the success is reported', async ({ world, trials, expect }) => {
    const device = await trials.make()
    const { jobId, made, commit } = await beginAsVersionOne(world, device)
    await commit()
    leaveFiles(device, made)
    trials.fired()
    trials.run(device)
    await expectRotated(world, device, jobId)
    expect(inUse(device)).toBe(made.certificateId)
  })

  test('D15: before the switch, and in the middle of it: OLD is in use, and the next rotation succeeds', async ({
    world,
    trials,
    expect,
  }) => {
    for (const isHalf of [false, true]) {
      const device = await trials.make()
      const { jobId, made } = await beginAsVersionOne(world, device)
      leaveFiles(device, isHalf ? { certificatePem: made.certificatePem } : {})
      trials.fired()
      trials.run(device)
      expect(await ended(world, device, jobId)).toMatchObject({
        status: 'FAILED',
        statusDetails: { failureCode: 'ANOTHER_CSR_PENDING' },
      })
      expect(inUse(device)).toBe(device.old.certificateId)
      await until(
        'OLD alone',
        () => attachedNow(world, device),
        ids => ids.join() === device.old.certificateId,
      )
      await expectRotated(world, device, await startJob(world, device))
    }
  })
})

const moments: [string, Pick<Cut, 'when' | 'effect' | 'text'>][] = [
  ['before anything was switched', { when: 'before', effect: 'install' }],
  ['right after the switch', { when: 'after', effect: 'install' }],
  ['before the commit', { when: 'before', effect: 'publish-commit' }],
  ['after the commit', { when: 'before', effect: 'update-job', text: 'SUCCEEDED' }],
]

describe.concurrent('a component that is removed', () => {
  test.for(moments)(
    'D19: %s: what Greengrass is configured with connects all the same',
    async ([, at], { world, trials, expect }) => {
      const device = await trials.start({ cuts: [{ ...at, signal: 'SIGSTOP' }] })
      await startJob(world, device)
      await trials.cut(device)
      await device.stop()
      rmSync(workFolder(device), { recursive: true })
      rmSync(join(device.root, 'packages'), { recursive: true })
      trials.fired()
      const client = await connectAs(world, device, undefined, '')
      await client.end()
      expect(await attachedNow(world, device)).toContain(inUse(device))
    },
  )
})
