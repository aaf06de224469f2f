import type { FinishedCall } from '@rotator/local-cloud/api/call-hooks'
import { callerOf } from '../whole/function-calls.ts'
import type { World } from '../whole/world.ts'
import type { ChaosDevice } from './chaos-device.ts'
import { configuredCertificate, heldCertificates } from './held-identities.ts'
import { readRecord } from './record.ts'

const lookEveryMs = 500
/** Disk and registry are read one after the other, so that one look alone proves nothing. */
const looksInARow = 3

/** What the rules look at of a device. */
export type RuledDevice = Pick<
  ChaosDevice,
  'thingName' | 'certificateFile' | 'privateKeyFile' | 'isDeactivated'
>

/** What must hold at every moment of the storm. */
export interface Rules {
  /** How often a device and the registry were compared. */
  readonly looks: number
  /** How many certificates the functions deactivated, detached or deleted. */
  readonly retirements: number
  stop(): void
}

/**
 * Watches that no thing is ever without an active certificate which its device holds, and that the backend takes
 * away none that a device is configured with and may keep.
 */
export function watchRules(
  world: World,
  devices: readonly RuledDevice[],
  violation: (text: string) => void,
): Rules {
  let looks = 0
  let retirements = 0
  const without = new Map<RuledDevice, number>()
  const look = (device: RuledDevice) => {
    looks += 1
    const times = device.isDeactivated || isUsable(world, device) ? 0 : (without.get(device) ?? 0) + 1
    without.set(device, times)
    if (times === looksInARow)
      violation(`${device.thingName} holds no certificate that is active and attached`)
  }
  const timer = setInterval(() => devices.forEach(look), lookEveryMs)
  const unobserve = world.cloud.observe(event => {
    if (event.kind !== 'call') return
    const certificateId = takenAway(world, event.call)
    if (certificateId === undefined) return
    retirements += 1
    const user = devices.find(device => configuredCertificate(device) === certificateId)
    if (user !== undefined && !isGivenUp(world, user, certificateId)) {
      violation(`${event.call.name} of ${certificateId}, which ${user.thingName} is configured with`)
    }
  })
  return {
    get looks() {
      return looks
    },
    get retirements() {
      return retirements
    },
    stop: () => {
      clearInterval(timer)
      unobserve()
    },
  }
}

/**
 * A new certificate whose rotation was settled on the old one may go while the device is still configured with it:
 * it finds it refused, and goes back.
 */
function isGivenUp(world: World, { thingName }: RuledDevice, certificateId: string): boolean {
  const { progress, newCertificateId, keep } = readRecord(world, thingName)
  return progress === 'settled' && newCertificateId === certificateId && keep !== certificateId
}

function isUsable(world: World, device: RuledDevice): boolean {
  const { principals, certificates } = world.cloud.services.registry
  const held = heldCertificates(device)
  return principals
    .principalsOf(device.thingName)
    .map(arn => arn.slice(arn.indexOf('cert/') + 'cert/'.length))
    .some(id => held.includes(id) && certificates.isActive(id))
}

/** The certificate that a call of a function just took from its thing, or made useless. */
function takenAway(world: World, call: FinishedCall): string | undefined {
  const isTaking =
    call.name === 'DetachThingPrincipal' ||
    call.name === 'DeleteCertificate' ||
    (call.name === 'UpdateCertificate' && call.query.get('newStatus') === 'INACTIVE')
  if (!isTaking || call.status !== 200 || callerOf(world, call) === undefined) return undefined
  const principal = call.headers['x-amzn-principal']
  return call.params['certificateId'] ?? String(principal).split('cert/')[1]
}
