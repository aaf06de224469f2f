import { beforeAll, expect, test } from 'vitest'
import type { Blueprint } from '../cloud/blueprint.ts'
import { deployedBlueprint } from '../cloud/deployed-blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { seedsOfTest, titleOfTest } from '../seeded/happening-test.ts'
import { happenings } from '../seeded/happenings.ts'
import { runSeed } from '../seeded/run-seed.ts'
import { keysNeeded } from '../workers/keys-needed.ts'

let blueprint: Blueprint

beforeAll(async () => {
  blueprint = await deployedBlueprint()
  await fillPool(keysNeeded)
})

for (const [name, { ids }] of Object.entries(happenings)) {
  test(`${ids}: ${titleOfTest(name)}`, async ({ task }) => {
    let fired = 0
    for (let seed = 1; seed <= seedsOfTest; seed += 1) {
      const { broken, faults, world } = await runSeed(blueprint, seed, { only: name })
      expect(broken, `seed ${seed}`).toEqual([])
      expect(world.ledger.ended.length, `seed ${seed}`).toBeGreaterThanOrEqual(5)
      expect(faults.size, `seed ${seed}`).toBeGreaterThan(0)
      fired += faults.get(name) ?? 0
    }
    Object.assign(task.meta, { fired })
    expect(fired).toBeGreaterThan(0)
  })
}
