import { type Quota, quotas } from './quotas.ts'
import { rotationCalls } from './rotation-calls.ts'

/** How many rotations a second one quota lets through. */
export interface Bound {
  /** The operations that share the quota. */
  names: string[]
  times: number
  quota: Quota
  rotationsPerSecond: number
}

/** What each quota allows by itself, the tightest first. Queues have none that matters. */
export function bounds(): Bound[] {
  const byNames = new Map<string, Bound>()
  for (const { name, plane, times } of rotationCalls) {
    if (plane === 'queue') continue
    const quota = quotas[name]
    if (quota === undefined) throw new Error(`The quota of ${name} is not known: add it to quotas.ts.`)
    const names = [name, ...(quota.with ?? [])].toSorted()
    const sum = (byNames.get(names.join())?.times ?? 0) + times
    byNames.set(names.join(), { names, times: sum, quota, rotationsPerSecond: quota.perSecond / sum })
  }
  return [...byNames.values()].toSorted((a, b) => a.rotationsPerSecond - b.rotationsPerSecond)
}

/** Of an account that does nothing else. */
export const ceilingPerSecond = (): number => bounds()[0]?.rotationsPerSecond ?? 0
