import { Worker } from 'node:worker_threads'
import type { Blueprint } from '../cloud/blueprint.ts'
import type { Hunt, HuntLimits } from './hunt.ts'
import type { HuntOrder } from './hunter.ts'
import type { Mutant } from './mutant.ts'

/** Hunts several mutants at a time, each in a thread of its own. @param onEnd told of each as its hunt ends */
export async function huntAll(
  blueprint: Blueprint,
  mutants: readonly Mutant[],
  { processes, limits }: { processes: number; limits: HuntLimits },
  onEnd: (mutant: Mutant, hunt: Hunt) => void,
): Promise<void> {
  const waiting = [...mutants]
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      onEnd(mutant, await huntOne({ mutant: mutant.name, blueprint, limits }))
    }
  }
  await Promise.all(Array.from({ length: processes }, work))
}

/** Rejects where the mutant does not fit the product any more. */
function huntOne(order: HuntOrder): Promise<Hunt> {
  const hunter = new Worker(new URL('hunter.ts', import.meta.url), { workerData: order })
  return new Promise((resolve, reject) => {
    hunter.once('message', resolve)
    hunter.once('error', reject)
  })
}
