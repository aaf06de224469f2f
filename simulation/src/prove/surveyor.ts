import { parentPort, workerData } from 'node:worker_threads'
import type { Blueprint } from '../cloud/blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { keysNeeded } from '../workers/keys-needed.ts'
import { survey } from './survey.ts'

/** A part of a survey. */
export interface SurveyOrder {
  blueprint: Blueprint
  share: number
  of: number
}

const { blueprint, share, of } = workerData as SurveyOrder
// Errors of the simulated disk and cloud are made by the thousand, and nobody reads where.
Error.stackTraceLimit = 0
await fillPool(keysNeeded)
parentPort?.postMessage(await survey(blueprint, { share, of }))
