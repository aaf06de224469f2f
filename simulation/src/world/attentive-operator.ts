import type { Notification } from '../cloud/backend-functions.ts'
import { minuteMs } from '../kernel/durations.ts'
import type { World } from './world.ts'

/** What asks an operator to detach certificates that the device does not use. */
const requests = new Set(['unknown-certificate', 'choose', 'no-record'])
const reactionMs = 5 * minuteMs
/** How often they come back to a device that is not connected, or about to switch. */
const mostVisits = 50

/** An operator who reads every notification, looks at the device, and does what it asks for. */
export function attendTo(world: World): void {
  world.cloud.onNotification = ({ MessageAttributes: facts }: Notification) => {
    const thing = facts['thingName']?.StringValue ?? ''
    if (!requests.has(facts['code']?.StringValue ?? '')) return
    visit(world, thing, mostVisits)
  }
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
