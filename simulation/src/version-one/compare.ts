import type { Blueprint } from '../cloud/blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { enumerate } from '../exhaustive/enumerate.ts'
import type { Version } from './partners/partner-core.ts'
import { rotateOnce, type Verdict } from './partners/scenario.ts'

const names = ['stranded', 'strandedForGood', 'blocked', 'misreported'] as const satisfies (keyof Verdict)[]

/** How many schedules of a rotation ended in each way; one schedule may end in several. */
export interface Tally extends Record<(typeof names)[number], number> {
  schedules: number
  /** Schedules that ended in any of them. */
  bad: number
  /** Of the bad ones, by the fault. */
  byFault: Map<string, number>
}

/** Every single fault of one rotation, with the same version on both sides. */
export async function tallyOf(version: Version, blueprint: Blueprint): Promise<Tally> {
  const tally: Tally = {
    schedules: 0,
    bad: 0,
    stranded: 0,
    strandedForGood: 0,
    blocked: 0,
    misreported: 0,
    byFault: new Map(),
  }
  await enumerate({
    run: async fates => {
      const partners = { device: version, backend: version, blueprint }
      const { world, verdict } = await rotateOnce(partners, fates)
      if (world.crashes.length > 0) throw new Error(world.crashes.join('\n'))
      return names.filter(name => verdict[name])
    },
    mostFaults: 1,
    isWanted: () => true,
    share: 0,
    of: 1,
    onSchedule: ([choice], ways) => {
      tally.schedules += 1
      for (const name of names) if (ways.includes(name)) tally[name] += 1
      if (ways.length === 0) return
      const fault = choice?.fault ?? 'none'
      tally.bad += 1
      tally.byFault.set(fault, (tally.byFault.get(fault) ?? 0) + 1)
    },
  })
  return tally
}

/**
 * Version 1 and this product side by side, under the same single faults.
 *
 * @returns whether this product came out of every schedule well
 */
export async function runVersionOne(blueprint: Blueprint, write: (line: string) => void): Promise<boolean> {
  await fillPool(8)
  const theirs = await tallyOf('v1', blueprint)
  tell('version 1', theirs, write)
  const ours = await tallyOf('ours', blueprint)
  tell('this product', ours, write)
  return ours.bad === 0
}

function tell(whose: string, tally: Tally, write: (line: string) => void): void {
  const { schedules, bad, stranded, strandedForGood, blocked, misreported, byFault } = tally
  write(`${whose}: schedules=${schedules} bad=${bad}`)
  write(`  stranded=${stranded} (for-good=${strandedForGood}) blocked=${blocked} misreported=${misreported}`)
  for (const [fault, count] of [...byFault].toSorted(([, a], [, b]) => b - a)) {
    write(`  ${String(count).padStart(4)} by ${fault}`)
  }
}
