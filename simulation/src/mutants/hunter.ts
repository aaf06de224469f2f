import { parentPort, workerData } from 'node:worker_threads'
import type { Blueprint } from '../cloud/blueprint.ts'
import { findMutant } from './catalogue.ts'
import type { HuntLimits } from './hunt.ts'
import { mutateProduct } from './mutate-product.ts'

/** What a hunter is told. */
export interface HuntOrder {
  mutant: string
  blueprint: Blueprint
  limits: HuntLimits
}

// A thread of its own for one mutant: nothing of the product may be loaded before it is mutated.
const { mutant: name, blueprint, limits } = workerData as HuntOrder
const mutant = findMutant(name)
const assertAllIsMutated = mutateProduct(mutant)
const { hunt } = await import('./hunt.ts')
const { fillPool } = await import('../device/key-pool.ts')
const { situationsFor } = await import('./situations-for.ts')
const { keysNeeded } = await import('../workers/keys-needed.ts')
assertAllIsMutated()
// Errors of the simulated disk and cloud are made by the thousand, and nobody reads where.
Error.stackTraceLimit = 0
await fillPool(keysNeeded)
parentPort?.postMessage(await hunt(blueprint, situationsFor(mutant), limits))
