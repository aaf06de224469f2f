import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from '../whole/world.ts'
import type { ChaosDevice } from './chaos-device.ts'
import type { Dice } from './dice.ts'
import type { ChaosJobs } from './jobs.ts'
import type { OnceAttached } from './once-attached.ts'
import type { FaultKind, Tally } from './tally.ts'

/** What a fault has to work with. */
export interface Chaos {
  world: World
  devices: readonly ChaosDevice[]
  jobs: ChaosJobs
  onceAttached: OnceAttached
  dice: Dice
  tally: Tally
  /** A line of the log. */
  log: (line: object) => void
  /** Ends what waits, when the storm is over. */
  over: AbortSignal
}

/**
 * Brings one fault about and, where it lasts, undoes it before it settles.
 *
 * @returns whether it really happened: often there is nothing to meet at the moment
 */
export type Fault = (chaos: Chaos, device: ChaosDevice) => Promise<boolean>

/** How likely each kind is, against the others. */
export type Weights = Readonly<Record<FaultKind, number>>

const leastPauseMs = 250
const mostPauseMs = 1_250
const mostAtOnce = 4

/** Lets faults happen, several at once, until it is over. */
export async function storm(
  chaos: Chaos,
  faults: Readonly<Record<FaultKind, Fault>>,
  weights: Weights,
): Promise<void> {
  const lottery = Object.entries(weights).flatMap(([kind, weight]) =>
    Array.from({ length: weight }, () => kind as FaultKind),
  )
  const underWay = new Set<Promise<void>>()
  while (!chaos.over.aborted) {
    await pause(chaos.dice.between(leastPauseMs, mostPauseMs), chaos.over)
    if (underWay.size >= mostAtOnce) continue
    const kind = chaos.dice.pick(lottery)
    const device = chaos.dice.pick(chaos.devices)
    const happening = strike(chaos, kind, faults[kind], device).finally(() => underWay.delete(happening))
    underWay.add(happening)
  }
  await Promise.all(underWay)
}

async function strike(chaos: Chaos, kind: FaultKind, fault: Fault, device: ChaosDevice): Promise<void> {
  chaos.log({ event: 'fault', kind, thingName: device.thingName, phase: device.phase })
  const isMet = await fault(chaos, device)
  if (isMet) chaos.tally.count(kind)
  chaos.log({ event: isMet ? 'fault-over' : 'fault-missed', kind, thingName: device.thingName })
}

/** Waits, but not longer than the storm. */
export async function pause(ms: number, over: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: over }).catch(() => undefined)
}
