import { fired } from '@rotator/component/testing/fired'
import { beforeAll, expect, test } from 'vitest'
import type { Blueprint } from '../cloud/blueprint.ts'
import { deployedBlueprint } from '../cloud/deployed-blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { type Choice, ChosenFates } from '../exhaustive/chosen-fates.ts'
import type { Fault } from '../faults/fault.ts'
import { inToken } from '../prove/in-token.ts'
import { play } from '../prove/play.ts'
import { scheduleText } from '../prove/schedule.ts'
import { keysNeeded } from '../workers/keys-needed.ts'

let blueprint: Blueprint

beforeAll(async () => {
  blueprint = await deployedBlueprint()
  await fillPool(keysNeeded)
})

/** One of those that forget or tear: a token does neither, and the disk has runs of its own for both. */
const cut: Fault = 'power-cut-forgets'

for (const situation of inToken) {
  test(`D13: ${situation.name.replaceAll('-', ' ')}, with the power cut before any write to disk and token, the device is never stranded`, async ({
    task,
  }) => {
    const run = async (
      choices: readonly Choice[],
    ): Promise<{ broken: readonly string[]; fates: ChosenFates }> => {
      const fates = new ChosenFates(choices, fault => fault === cut)
      const { broken } = await play(blueprint, situation, fates)
      return { broken, fates }
    }
    const { fates } = await run([])
    const all = fates.choicesAfter(-1)
    expect(all.length).toBeGreaterThan(50)
    for (const choice of all) {
      const { broken, fates: met } = await run([choice])
      const shown = scheduleText({ situation: situation.name, choices: [choice] })
      fired(task, met.fired)
      expect({ shown, broken: [...broken, ...met.missed] }).toEqual({ shown, broken: [] })
    }
  })
}
