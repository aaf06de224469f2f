import { join } from 'node:path'
import { mountSmallDisk, type SmallDisk } from '../faults/small-disk.ts'
import { inUse } from '../operator/proof.ts'
import { attachedNow, ended, expectRotated, startJob, until } from '../whole/rotation.ts'
import { expectFailedOnOld } from '../whole/stays-on-old.ts'
import { passing, test as trialTest } from '../whole/trial-test.ts'
import { isSkippedWithoutRoot } from './root-only.ts'

const megabytes = 24

/** File systems of their own for devices, which are full when the test says so. They go when no device is left. */
const test = trialTest.extend('newDisk', { scope: 'file' }, async ({ world }, { onCleanup }) => {
  const disks: SmallDisk[] = []
  onCleanup(() => disks.forEach(disk => disk.unmount()))
  return (): SmallDisk & { name: string } => {
    const name = `disk-${disks.length + 1}`
    const disk = mountSmallDisk(join(world.folder, name), megabytes)
    disks.push(disk)
    return { ...disk, name }
  }
})

test.skipIf(isSkippedWithoutRoot())(
  'D3: on a disk that is full the job ends FAILED with the reason, the identity works, and with room again the next job rotates',
  async ({ world, trials, newDisk, expect }) => {
    const disk = newDisk()
    const device = await trials.start({ folders: [disk.name] })
    await trials.seen(passing(device, 'out', '/jobs/$next/get/accepted'))
    disk.fill()
    trials.fired()
    const jobId = await startJob(world, device)
    await expectFailedOnOld(world, device, jobId, { failureCode: 'STORAGE_FAILED' })
    expect(await attachedNow(world, device)).toEqual([device.old.certificateId])
    disk.free()
    await expectRotated(world, device, await startJob(world, device))
  },
)

test.skipIf(isSkippedWithoutRoot())(
  'D3: a disk that fills up while a certificate is asked for leaves a device that works on one of the two',
  async ({ world, trials, newDisk, expect }) => {
    const disk = newDisk()
    const device = await trials.start({ folders: [disk.name] })
    trials.meet(passing(device, 'out', '/certificate/create/accepted'), (_passage, deliver) => {
      disk.fill()
      deliver()
    })
    const jobId = await startJob(world, device)
    const { status } = await ended(world, device, jobId)
    disk.free()
    const rest = await until(
      'one certificate, the one that the device is configured with',
      async () => ({
        configured: inUse(device),
        attached: await attachedNow(world, device),
      }),
      ({ configured, attached }) => attached.join() === configured,
    )
    expect(rest.configured === device.old.certificateId).toBe(status !== 'SUCCEEDED')
  },
)
