import { fired } from '@rotator/component/testing/fired'
import { beforeAll, expect, test } from 'vitest'
import type { Blueprint } from '../cloud/blueprint.ts'
import { deployedBlueprint } from '../cloud/deployed-blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { goodLuck } from '../faults/fault.ts'
import { minuteMs } from '../kernel/durations.ts'
import { play } from '../prove/play.ts'
import type { Stage } from '../prove/stage.ts'
import { oldOf } from '../prove/turning-back.ts'
import { keysNeeded } from '../workers/keys-needed.ts'
import { giveByHand, putFirstFilesBack } from './field-work.ts'

let blueprint: Blueprint

beforeAll(async () => {
  blueprint = await deployedBlueprint()
  await fillPool(keysNeeded)
})

const midway = (act: (stage: Stage) => Promise<void>) => ({
  name: 'field-work-in-the-middle-of-the-first-rotation',
  async play(stage: Stage) {
    stage.rotate('J1', { retries: 0 })
    await stage.phase('restart')
    await act(stage)
  },
})

test('D11, C21: the first files are not put back over the only certificate that a technician has left attached', async ({
  task,
}) => {
  let given: string | undefined
  const situation = midway(async ({ world, device }) => {
    giveByHand(world, device)
    fired(task)
    given = (await device.stored()).current
    expect(putFirstFilesBack(world, device)).toBe(false)
    expect((await device.stored()).current).toBe(given)
  })
  const { broken, world } = await play(blueprint, situation, goodLuck)
  expect(broken).toEqual([])
  expect(world.attachedTo('dev1')).toEqual([given])
})

test('D11, C14: the first files are put back over NEW though OLD is inactive for a while, and all comes to rest', async ({
  task,
}) => {
  const situation = midway(async stage => {
    const { world, device } = stage
    const certificateId = oldOf(stage)
    const set = (newStatus: 'ACTIVE' | 'INACTIVE') => {
      world.cloud.call('iot', 'UpdateCertificate', { certificateId, newStatus })
    }
    world.rob(stage.thing)
    set('INACTIVE')
    expect(putFirstFilesBack(world, device)).toBe(true)
    fired(task)
    expect((await device.stored()).current).toBe(certificateId)
    await stage.wait(minuteMs)
    set('ACTIVE')
  })
  const { broken } = await play(blueprint, situation, goodLuck)
  expect(broken).toEqual([])
})
