import type { Notification } from '../cloud/backend-functions.ts'
import { hourMs, minuteMs } from '../kernel/durations.ts'
import type { World } from './world.ts'

/** What asks an operator to detach certificates that the device does not use. */
const requests = new Set(['unknown-certificate', 'choose', 'no-record'])
const reactionMs = 5 * minuteMs
/** Longer than any device takes that finds out by itself. */
const patienceMs = 12 * hourMs
/** How often they come back to a device that is not connected, or about to switch. */
const mostVisits = 50

/** An operator who reads every notification, looks at the device, and does what it asks for. */
export function attendTo(world: World): void {
  world.cloud.onNotification = ({ MessageAttributes: facts }: Notification) => {
    const thing = facts['thingName']?.StringValue ?? ''
    const code = facts['code']?.StringValue ?? ''
    const watched = world.devices.get(thing)
    // Once the record is deleted nobody can say that both stay: operators are asked which certificate is in use.
    const asksForNew =
      code === 'both-kept' || (code === 'ended-without-certificate' && watched?.isRecordLost === true)
    if (asksForNew && watched?.device.isProbePossible === false) comeBack(world, thing)
    if (requests.has(code)) visit(world, thing, mostVisits)
  }
}

/**
 * Where NEW is refused once it was committed, a device that cannot try the endpoint has no evidence to go back on: it waits
 * for whoever refused NEW.
 */
function comeBack(world: World, thing: string): void {
  world.after(patienceMs, () => {
    if (world.devices.get(thing)?.device.greengrass.isConnected === false) world.permitNew(thing)
  })
}

function visit(world: World, thing: string, left: number): void {
  world.after(reactionMs, () => {
    void detachUnused(world, thing, left)
  })
}

async function detachUnused(world: World, thing: string, left: number): Promise<void> {
  const { cloud, devices } = world
  const device = devices.get(thing)?.device
  const isPlain =
    device?.greengrass.isConnected === true && (await device.stored()).current === device.greengrass.loaded
  if (device === undefined || (!isPlain && left === 0)) return
  if (!isPlain) return visit(world, thing, left - 1)
  for (const certificateId of world.attachedTo(thing)) {
    if (certificateId === device.greengrass.loaded) continue
    const principal = cloud.registry.certificates.arnOf(certificateId)
    cloud.call('iot', 'UpdateCertificate', { certificateId, newStatus: 'INACTIVE' })
    cloud.call('iot', 'DetachThingPrincipal', { thingName: thing, principal })
  }
}
