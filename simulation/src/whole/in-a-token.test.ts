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
import type { Situation } from '../prove/situation.ts'
import { keysNeeded } from '../workers/keys-needed.ts'

let blueprint: Blueprint

beforeAll(async () => {
  blueprint = await deployedBlueprint()
  await fillPool(keysNeeded)
})

/** One of those that forget or tear: a token does neither, and the disk has runs of its own for both. */
const cut: Fault = 'power-cut-forgets'

/** Plays a situation without that fault, then with it at every point where it can happen. @returns how many those are */
async function withEach(situation: Situation, fault: Fault, task: { meta: object }): Promise<number> {
  const run = async (
    choices: readonly Choice[],
  ): Promise<{ broken: readonly string[]; fates: ChosenFates }> => {
    const fates = new ChosenFates(choices, one => one === fault)
    const { broken } = await play(blueprint, situation, fates)
    return { broken, fates }
  }
  const all = (await run([])).fates.choicesAfter(-1)
  for (const choice of all) {
    const { broken, fates } = await run([choice])
    const shown = scheduleText({ situation: situation.name, choices: [choice] })
    fired(task, fates.fired)
    expect({ shown, broken: [...broken, ...fates.missed] }).toEqual({ shown, broken: [] })
  }
  return all.length
}

for (const situation of inToken.filter(({ name }) => name.endsWith('in-a-token'))) {
  const name = situation.name.replaceAll('-', ' ')

  test(`D13: ${name}, with the power cut before any write to disk and token, the device is never stranded`, async ({
    task,
  }) => {
    expect(await withEach(situation, cut, task)).toBeGreaterThan(50)
  })

  test(`D13: ${name}, with the HSM away for minutes after a power cut around any order, no rotation is lost by that`, async ({
    task,
  }) => {
    expect(await withEach(situation, 'power-cut-hsm-late', task)).toBeGreaterThan(15)
  })
}
