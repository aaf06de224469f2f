import { dirname, join } from 'node:path'
import { findAnchors } from '@rotator/component/identities/files/anchors'
import { listGenerations } from '@rotator/component/identities/files/generations'
import { fileNames } from '@rotator/component/identities/files/layout'
import { byHand, putIdentity } from '../device/by-hand.ts'
import { type PooledKey, pooledKey } from '../device/key-pool.ts'
import type { SimulatedDevice } from '../device/simulated-device.ts'
import { owner } from '../device/simulated-keys.ts'
import { paths, workFolder } from '../device/stored-identities.ts'
import { addCertificate } from '../world/account.ts'
import type { Stage } from './stage.ts'

/** Somebody at the device, or at the console, who knows what to do, or not. */

export interface Identity {
  certificateId: string
  certificatePem: string
  keyPem: string
}

/** One that no device of a run makes. */
const keyNumber = 25

export const keyByHand = (): Promise<PooledKey> => pooledKey(keyNumber)

/** A certificate that no rotation made, attached to the thing as the ones of rotations are. */
export function issueByHand({ world, thing }: Stage, { keyPem, csr }: PooledKey): Identity {
  const { certificateId, certificatePem } = addCertificate(world.cloud, thing, csr, true)
  return { certificateId, certificatePem, keyPem }
}

/** An identity that the device has stored. */
export function storedIdentity({ disk }: SimulatedDevice, certificateId: string): Identity | undefined {
  const { layout } = findAnchors(disk, paths)
  const found = listGenerations(disk, layout).find(one => one.certificateId === certificateId)
  if (found === undefined) return undefined
  return {
    certificateId,
    certificatePem: disk.read(found.certificatePath).toString(),
    keyPem: disk.read(found.keyPath).toString(),
  }
}

/** Copies certificate and key over what is configured. */
export const putInPlace = ({ disk }: SimulatedDevice, identity: Identity): void => {
  putIdentity(disk, identity)
}

/** A disk that comes back without the journal, but with the identities. */
export function loseJournal({ disk }: SimulatedDevice): void {
  remove(disk, join(workFolder, 'journal.json'))
}

/** As a version 1 component's switch looks once it was taken over: OLD is its backup, and nothing says for which job. */
export function asVersionOneLeftIt({ disk }: SimulatedDevice, oldCertificateId: string): void {
  const { layout } = findAnchors(disk, paths)
  for (const { folder, certificateId } of listGenerations(disk, layout)) {
    const note = join(folder, fileNames.execution)
    if (disk.look(note) !== undefined) remove(disk, note)
    if (certificateId !== oldCertificateId) continue
    byHand(disk, () => {
      disk.create(join(folder, fileNames.versionOne), Buffer.alloc(0), { mode: 0o600, ...owner })
      disk.sync(folder)
    })
  }
}

/** Its folder is gone, as after somebody tidied up. */
export function loseIdentity({ disk }: SimulatedDevice, certificateId: string): void {
  const { layout } = findAnchors(disk, paths)
  for (const generation of listGenerations(disk, layout)) {
    if (generation.certificateId === certificateId) remove(disk, generation.keyPath)
  }
}

function remove(disk: SimulatedDevice['disk'], path: string): void {
  byHand(disk, () => {
    disk.removeFile(path)
    disk.sync(dirname(path))
  })
}

/** Whatever else is attached to the thing is detached and deactivated. */
export function leaveOnly({ world, thing, attached }: Stage, certificateId: string): void {
  const { certificates } = world.cloud.registry
  for (const other of attached.filter(id => id !== certificateId)) {
    world.cloud.call('iot', 'UpdateCertificate', { certificateId: other, newStatus: 'INACTIVE' })
    world.cloud.call('iot', 'DetachThingPrincipal', {
      thingName: thing,
      principal: certificates.arnOf(other),
    })
  }
}
