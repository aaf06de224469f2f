import { readBlueprint } from '../cloud/blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { situations } from '../prove/situations.ts'
import { type Hunt, hunt } from './hunt.ts'

/** More than any run makes. */
const keys = 30

export async function startHunt(templatePath: string, most: number): Promise<Hunt> {
  // Nobody reads the stacks of the errors that AWS answers with, and they take time.
  Error.stackTraceLimit = 0
  await fillPool(keys)
  return hunt(readBlueprint(templatePath), situations, most)
}
