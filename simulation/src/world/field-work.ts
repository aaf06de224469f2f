import { isOpen } from '@rotator/rotation/record/record'
import { putIdentity } from '../device/by-hand.ts'
import { readyKey } from '../device/key-pool.ts'
import type { SimulatedDevice } from '../device/simulated-device.ts'
import { addCertificate } from './account.ts'
import type { World } from './world.ts'

/** A technician gives the device a new certificate, and detaches whatever else is attached to the thing. */
export function giveByHand(world: World, device: SimulatedDevice): void {
  const { cloud } = world
  const { thing } = device
  const { keyPem, csr } = readyKey(world.nextKey())
  const before = world.attachedTo(thing)
  world.rob(thing)
  const { certificatePem } = addCertificate(cloud, thing, csr, true)
  putIdentity(device.disk, { certificatePem, keyPem })
  for (const certificateId of before) {
    const principal = cloud.registry.certificates.arnOf(certificateId)
    cloud.call('iot', 'UpdateCertificate', { certificateId, newStatus: 'INACTIVE' })
    cloud.call('iot', 'DetachThingPrincipal', { thingName: thing, principal })
  }
  device.cut('greengrass-restarted')
}

/**
 * Somebody restores the files that the device was provisioned with, in the middle of its first rotation.
 *
 * @returns false where that strands the device, whatever its component does: after the decision what is restored is about
 * to be retired, and once it is detached (a technician has given the device another certificate) nothing accepts it, while
 * the only copy of the one that is accepted is overwritten. Where it is inactive only, somebody is to activate it again
 */
export function putFirstFilesBack(world: World, device: SimulatedDevice): boolean {
  const { cloud } = world
  const record = cloud.recordOf(device.thing)
  const [first] = cloud.attached.filter(({ thing }) => thing === device.thing)
  if (!isOpen(record) || record.oldCertificateId !== first?.certificateId) return false
  if (!world.attachedTo(device.thing).includes(record.oldCertificateId)) return false
  if (record.newCertificateId === device.succeededWith) return false
  putIdentity(device.disk, device.first)
  device.cut('greengrass-restarted')
  return true
}

/** A certificate that no rotation made. @returns its ARN */
export function attachStray(world: World, thing: string, isExclusive: boolean): string {
  const { csr } = readyKey(world.nextKey())
  return addCertificate(world.cloud, thing, csr, isExclusive).certificateArn
}
