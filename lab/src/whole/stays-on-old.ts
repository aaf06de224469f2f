import { expect } from 'vitest'
import type { Device } from '../fleet/device.ts'
import { inUse } from '../operator/proof.ts'
import { certificateStatus } from '../operator/registry.ts'
import { attachedNow, ended, expectRotated, startJob, type Trialled, until } from './rotation.ts'
import type { World } from './world.ts'

/** @param statusDetails that the job must have failed with, among others */
export async function expectFailedOnOld(
  world: World,
  device: Device,
  jobId: string,
  statusDetails: object,
): Promise<void> {
  expect(await ended(world, device, jobId)).toMatchObject({ status: 'FAILED', statusDetails })
  expect(inUse(device)).toBe(device.old.certificateId)
}

/** NEW, which was never switched to, goes; OLD alone stays attached, until the next job rotates the device. */
export async function expectOnlyNewGoes(
  world: World,
  device: Trialled,
  newCertificateId: string,
): Promise<void> {
  expect(device.phases).not.toContain('install')
  await until(
    'the end of NEW',
    () => certificateStatus(world.clients.iot, newCertificateId),
    status => status === 'gone',
  )
  expect(await attachedNow(world, device)).toEqual([device.old.certificateId])
  await expectRotated(world, device, await startJob(world, device))
}
