import { fired } from '@rotator/component/testing/fired'
import { beforeAll, expect, test } from 'vitest'
import type { Blueprint } from '../cloud/blueprint.ts'
import { deployedBlueprint } from '../cloud/deployed-blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { goodLuck, type MomentFault } from '../faults/fault.ts'
import { hourMs } from '../kernel/durations.ts'
import { play } from '../prove/play.ts'
import type { Stage } from '../prove/stage.ts'
import { newOf } from '../prove/turning-back.ts'
import { keysNeeded } from '../workers/keys-needed.ts'

let blueprint: Blueprint

beforeAll(async () => {
  blueprint = await deployedBlueprint()
  await fillPool(keysNeeded)
})

/** NEW is taken away as its commit is accepted, before success is said; then somebody deletes the record. */
const losing = (takeAway: (stage: Stage) => void) => ({
  name: 'new-taken-away-and-the-record-deleted',
  home: 'token' as const,
  async play(stage: Stage) {
    stage.rotate('J1', { retries: 0 })
    await stage.until(() => stage.record.progress === 'committed')
    takeAway(stage)
    await stage.phase('finish')
    expect(stage.world.deleteRecord(stage.thing)).toBe(true)
    await stage.wait(2 * hourMs)
    expect(stage.device.greengrass.isConnected).toBe(false)
    expect(stage.device.phase).toBe('finish')
  },
})

/** @returns what was broken, what the operators were told, and whether the device could close the rotation */
async function takenAwayBy(fault: MomentFault, task: { meta: object }) {
  const situation = losing(stage => {
    stage.at('in the meantime', fault, () => {
      fired(task)
    })
  })
  const { broken, world } = await play(blueprint, situation, goodLuck)
  const codes = world.cloud.notifications.map(({ MessageAttributes: facts }) => facts['code']?.StringValue)
  return { broken, codes, isClosed: world.edges.has('finish-recorded') }
}

const converged = {
  broken: [],
  codes: expect.arrayContaining(['ended-without-certificate', 'choose']),
  isClosed: true,
}

test('C13, C16: a NEW that is deactivated without a probe, and whose record is deleted, is activated by whoever did it', async ({
  task,
}) => {
  expect(await takenAwayBy('new-deactivated', task)).toEqual(converged)
})

test('C13, C16: a NEW that is refused without a probe, and whose record is deleted, is permitted by whoever did it', async ({
  task,
}) => {
  expect(await takenAwayBy('new-refused', task)).toEqual(converged)
})

test('what no person took away on trial is not given back: the device is seen to be stranded', async () => {
  const situation = losing(stage => {
    const certificateId = newOf(stage)
    stage.at('in the meantime', undefined, () => {
      stage.world.cloud.call('iot', 'UpdateCertificate', { certificateId, newStatus: 'INACTIVE' })
    })
  })
  const { broken } = await play(blueprint, situation, goodLuck)
  expect(broken).toContain('dev1 is in finish')
  expect(broken).toContain('dev1 is not connected')
})
