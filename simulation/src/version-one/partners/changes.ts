import { goodLuck } from '../../faults/fault.ts'
import type { Change, Partners, PartnerWorld } from './partner-world.ts'
import { rotateAgain, rotateOnce, type Verdict } from './scenario.ts'

/** One side of a pair is replaced by its other version, once at every point of a rotation. */
export interface ChangedRun {
  at: number
  /** Before anything more is done. */
  verdict: Verdict
  isConnectedInTheEnd: boolean
  /** After further rotations the thing has one certificate, and the device uses it. */
  isAloneInTheEnd: boolean
  isTold: boolean
  /** Rules of our side that were broken, each once. */
  violations: string[]
}

/** @yields a run for each point; the last change comes when the rotation is long over */
export async function* everyChange(
  partners: Omit<Partners, 'change'>,
  side: Change['side'],
): AsyncGenerator<ChangedRun> {
  const { points } = (await rotateOnce(partners, goodLuck)).world
  for (let at = 0; at < points; at += 1) {
    const { world, verdict } = await rotateOnce({ ...partners, change: { side, at } }, goodLuck)
    if (world.crashes.length > 0) throw new Error(world.crashes.join('\n'))
    const isTold = world.told.length > 0
    await rotateAgain(world)
    yield { at, verdict, isTold, violations: [...world.watch.found.keys()], ...(await inTheEnd(world)) }
  }
}

async function inTheEnd(world: PartnerWorld) {
  return {
    isConnectedInTheEnd: world.isConnected,
    isAloneInTheEnd: world.attached.join() === (await world.core.configured()),
  }
}
