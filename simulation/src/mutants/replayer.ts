import { parentPort, workerData } from 'node:worker_threads'
import type { Blueprint } from '../cloud/blueprint.ts'
import { findMutant } from './catalogue.ts'
import { mutateProduct } from './mutate-product.ts'

/** What is to be replayed on which mutant: a seed, or a schedule. */
export interface ReplayOrder {
  mutant: string
  blueprint: Blueprint
  of: string
}

// A thread of its own, as for a hunt: nothing of the product may be loaded before it is mutated.
const { mutant, blueprint, of } = workerData as ReplayOrder
mutateProduct(findMutant(mutant))
const { replay } = await import('../replay.ts')
const isWell = await replay(blueprint, of, line => {
  parentPort?.postMessage(line)
})
parentPort?.postMessage(isWell)
