import type { Fates } from '../../faults/fault.ts'
import type { VirtualClock } from '../../kernel/virtual-clock.ts'
import type { Story } from '../../story/story.ts'
import { type Partners, PartnerWorld } from './partner-world.ts'

/** How a thing stands when nothing goes wrong any more and nobody has done anything about it. */
export interface Verdict {
  /** Greengrass is not connected with the identity that it is configured with. */
  stranded: boolean
  /** A restart of Greengrass does not help either. */
  strandedForGood: boolean
  /** More than one certificate is attached exclusively: version 1 then refuses every further rotation. */
  blocked: boolean
  /** The job says SUCCEEDED of a device on OLD, or FAILED of one on NEW. */
  misreported: boolean
}

const startMinutes = 1
/** Beyond version 1's timer of a job, by more than any message is late. */
const faultyMinutes = 15
/** Longer than any retry of a function, and any wait of a device that has something to do. */
const calmMinutes = 2 * 60
const reconnectMinutes = 10

/** One rotation job while fates decide what goes wrong, then some calm hours. */
export async function rotateOnce(
  partners: Partners,
  fates: Fates,
  storyOf?: (clock: VirtualClock) => Story,
): Promise<{ world: PartnerWorld; verdict: Verdict }> {
  const world = await PartnerWorld.open(partners, fates, storyOf)
  await world.runFor(startMinutes)
  world.createJob('J1')
  await world.runFor(faultyMinutes)
  world.endFaults()
  await world.runFor(calmMinutes)
  return { world, verdict: await judge(world) }
}

async function judge(world: PartnerWorld): Promise<Verdict> {
  const stranded = !world.isConnected
  const blocked = world.attached.length > 1
  const isOnOld = (await world.core.configured()) === world.oldCertificateId
  const misreported = world.endOf('J1') === (isOnOld ? 'SUCCEEDED' : 'FAILED')
  if (!stranded) return { stranded, strandedForGood: false, blocked, misreported }
  world.core.greengrass.restart()
  await world.runFor(reconnectMinutes)
  return { stranded, strandedForGood: !world.isConnected, blocked, misreported }
}

/** What an operator does who wants the thing rotated: another job, then Greengrass restarted and one more. */
export async function rotateAgain(world: PartnerWorld): Promise<void> {
  world.createJob('J2')
  await world.runFor(60)
  if (world.endOf('J2') === 'SUCCEEDED' && world.attached.length === 1) return
  world.core.greengrass.restart()
  await world.runFor(30)
  world.createJob('J3')
  await world.runFor(60)
}

/**
 * What two partners of different versions promise, and what of it is broken.
 *
 * A version 1 device that its backend cannot follow is held on both certificates until it rotates again. A version 1
 * backend may leave both attached as well, and then does so for good; our device only sees to it that it stays connected.
 */
export async function rotatePartners(
  partners: Partners,
  fates: Fates,
  storyOf?: (clock: VirtualClock) => Story,
): Promise<{ world: PartnerWorld; broken: string[] }> {
  const { world, verdict } = await rotateOnce(partners, fates, storyOf)
  const broken = await (partners.device === 'v1' ? brokenToOldDevice : brokenByOurDevice)(world, verdict)
  return { world, broken: [...world.crashes, ...world.watch.found.keys(), ...broken] }
}

async function brokenToOldDevice(world: PartnerWorld, { stranded, blocked }: Verdict): Promise<string[]> {
  const isUntold = blocked && world.told.length === 0
  await rotateAgain(world)
  const isAlone = world.attached.join() === (await world.core.configured())
  return [
    ...(stranded ? ['stranded'] : []),
    ...(isUntold ? ['both kept and nobody told'] : []),
    ...(world.isConnected ? [] : ['not connected after further rotations']),
    ...(isAlone ? [] : ['not alone after further rotations']),
  ]
}

async function brokenByOurDevice(world: PartnerWorld, { stranded, misreported }: Verdict): Promise<string[]> {
  const isAttached = world.attached.includes((await world.core.configured()) ?? 'none')
  return [
    ...(stranded ? ['stranded'] : []),
    ...(misreported ? ['misreported'] : []),
    ...(isAttached ? [] : ['on a certificate that is not attached']),
  ]
}
