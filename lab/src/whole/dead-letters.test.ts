import { stackName } from '@rotator/protocol/names'
import { describe, expect } from 'vitest'
import type { BareDevice } from './bare-device.ts'
import {
  begin,
  certificatesOf,
  commit,
  create,
  expectAtRest,
  rotateBare,
  statusOf,
  succeed,
} from './bare-rotation.ts'
import { type CloudTrials, testAlone as test } from './cloud-test.ts'
import { deadLetters, failAlways } from './failing-function.ts'
import { functionNames } from './function-calls.ts'
import { until } from './rotation.ts'

function redrive({ world }: CloudTrials, letters: readonly { body: string }[]): void {
  const queue = world.cloud.services.queues.find(functionNames.retire)
  for (const { body } of letters) queue?.send({ body })
}

async function expectInUse({ world }: CloudTrials, device: BareDevice, next: string): Promise<void> {
  await world.cloud.services.functions.settled()
  expect(certificatesOf(world, device.thingName).active.toSorted()).toEqual(
    [device.identity.certificateId, next].toSorted(),
  )
}

describe.concurrent('what can never be handled', () => {
  test('C1, C17: an end that can never be handled waits with the dead letters, and is settled when it is given again', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    const old = device.identity
    const stop = failAlways(cloud, 'finish')
    await rotateBare(world, device)
    const letters = await deadLetters(cloud, `${stackName}FailedEvents`)
    stop()
    expect(letters).toHaveLength(1)
    expect(certificatesOf(world, device.thingName).active).toHaveLength(2)
    for (const { body } of letters) {
      // What an operator redrives: the event as the function was given it.
      const { requestPayload } = JSON.parse(body) as { requestPayload: object }
      const event = Buffer.from(JSON.stringify(requestPayload))
      await world.cloud.services.functions.invoke(functionNames.finish, event)
    }
    await expectAtRest(world, device)
    expect(statusOf(world, old.certificateId)).toBe('gone')
  })

  test('C1, C17: a retirement that can never be done waits with the dead letters; redriven in the middle of the next rotation, it touches nothing in use', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    const old = device.identity
    const stop = failAlways(cloud, 'retire')
    await rotateBare(world, device)
    const letters = await deadLetters(cloud, `${functionNames.retire}Failed`)
    stop()
    expect(letters).toHaveLength(1)
    expect(statusOf(world, old.certificateId)).toBe('ACTIVE')
    const execution = await begin(world, device)
    const next = await create(device, execution)
    redrive(cloud, letters)
    await until(
      'OLD gone',
      () => statusOf(world, old.certificateId),
      status => status === 'gone',
    )
    await expectInUse(cloud, device, next.certificateId)
    redrive(cloud, letters)
    await device.use(next)
    expect(await commit(device, execution)).toMatchObject({ accepted: true })
    await succeed(device, execution)
    await expectAtRest(world, device)
    redrive(cloud, letters)
    await expectAtRest(world, device)
  })

  test.for(['create', 'commit'] as const)(
    'C1: a %s whose every call fails is asked again, and what ended in the dead letters can be given again',
    async (word, { cloud, expect }) => {
      const { world } = cloud
      const device = await cloud.newDevice()
      const stop = failAlways(cloud, word)
      const rotation = rotateBare(world, device)
      const letters = await deadLetters(cloud, `${stackName}FailedEvents`)
      stop()
      await rotation
      await expectAtRest(world, device)
      for (const { body } of letters) {
        const { requestPayload } = JSON.parse(body) as { requestPayload: object }
        const event = Buffer.from(JSON.stringify(requestPayload))
        await world.cloud.services.functions.invoke(functionNames[word], event)
      }
      await expectAtRest(world, device)
      expect(certificatesOf(world, device.thingName).attached).toEqual([device.identity.certificateId])
    },
  )
})
