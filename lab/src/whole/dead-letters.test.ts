import { stackName } from '@rotator/protocol/names'
import { describe, expect } from 'vitest'
import {
  begin,
  certificatesOf,
  create,
  expectActive,
  expectAtRest,
  goOverTo,
  rotateBare,
  statusOf,
} from './bare-rotation.ts'
import { type CloudTrials, testAlone as test } from './cloud-test.ts'
import { deadLetters, failAlways } from './failing-function.ts'
import { type FunctionWord, functionNames } from './function-calls.ts'
import { until } from './rotation.ts'

function redriveRetirements({ world }: CloudTrials, letters: readonly { body: string }[]): void {
  const queue = world.cloud.services.queues.find(functionNames.retire)
  for (const { body } of letters) queue?.send({ body })
}

/** Gives a function its events again, each as it was, as an operator does. */
async function redriveEvents(
  { world }: CloudTrials,
  word: FunctionWord,
  letters: readonly { body: string }[],
): Promise<void> {
  for (const { body } of letters) {
    const { requestPayload } = JSON.parse(body) as { requestPayload: object }
    const event = Buffer.from(JSON.stringify(requestPayload))
    await world.cloud.services.functions.invoke(functionNames[word], event)
  }
}

/** A rotation that a function had no part in: what it was to do is one message in that queue. */
async function rotatedWithout(cloud: CloudTrials, word: FunctionWord, queueName: string) {
  const device = await cloud.newDevice()
  const old = device.identity
  const stop = failAlways(cloud, word)
  await rotateBare(cloud.world, device)
  const letters = await deadLetters(cloud, queueName)
  stop()
  expect(letters).toHaveLength(1)
  return { device, old, letters }
}

describe.concurrent('what can never be handled', () => {
  test('C1, C17: an end that can never be handled waits with the dead letters, and is settled when it is given again', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const { device, old, letters } = await rotatedWithout(cloud, 'finish', `${stackName}FailedEvents`)
    expect(certificatesOf(world, device.thingName).active).toHaveLength(2)
    await redriveEvents(cloud, 'finish', letters)
    await expectAtRest(world, device)
    expect(statusOf(world, old.certificateId)).toBe('gone')
  })

  test('C1, C17: a retirement that can never be done waits with the dead letters; redriven in the middle of the next rotation, it touches nothing in use', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const { device, old, letters } = await rotatedWithout(cloud, 'retire', `${functionNames.retire}Failed`)
    expect(statusOf(world, old.certificateId)).toBe('ACTIVE')
    const execution = await begin(world, device)
    const next = await create(device, execution)
    redriveRetirements(cloud, letters)
    await until(
      'OLD gone',
      () => statusOf(world, old.certificateId),
      status => status === 'gone',
    )
    await expectActive(world, device, [next, device.identity])
    redriveRetirements(cloud, letters)
    await goOverTo(device, execution, next)
    await expectAtRest(world, device)
    redriveRetirements(cloud, letters)
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
      await redriveEvents(cloud, word, letters)
      await expectAtRest(world, device)
      expect(certificatesOf(world, device.thingName).attached).toEqual([device.identity.certificateId])
    },
  )
})
