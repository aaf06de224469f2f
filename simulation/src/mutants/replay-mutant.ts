import { Worker } from 'node:worker_threads'
import type { Blueprint } from '../cloud/blueprint.ts'
import type { ReplayOrder } from './replayer.ts'

/**
 * Tells one run of a mutant step by step.
 *
 * @param of a seed, or a schedule
 * @returns whether all was well in it
 */
export function replayMutant(
  blueprint: Blueprint,
  mutant: string,
  of: string,
  write: (line: string) => void,
): Promise<boolean> {
  const order: ReplayOrder = { mutant, blueprint, of }
  const replayer = new Worker(new URL('replayer.ts', import.meta.url), { workerData: order })
  return new Promise((resolve, reject) => {
    replayer.on('message', (said: string | boolean) => {
      if (typeof said === 'string') write(said)
      else resolve(said)
    })
    replayer.once('error', reject)
  })
}
