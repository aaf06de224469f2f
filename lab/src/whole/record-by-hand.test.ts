import { DeleteThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { recordShadowName } from '@rotator/protocol/names'
import { describe, expect } from 'vitest'
import { devicePolicyName } from '../fleet/device-policy.ts'
import { connectOnce } from '../operator/presence.ts'
import { attachPolicy, createPolicy, detach, detachPolicy } from '../operator/registry.ts'
import { attachByHand, type BareDevice } from './bare-device.ts'
import {
  begin,
  certificatesOf,
  commit,
  create,
  expectActive,
  rotateToRest,
  statusOf,
  succeed,
} from './bare-rotation.ts'
import { beforeRetirement, onTrial } from './begun-rotation.ts'
import { type CloudTrials, test } from './cloud-test.ts'
import { watchEvents } from './function-events.ts'
import { cancel, recordOf, until } from './rotation.ts'
import type { World } from './world.ts'

async function deleteRecord(cloud: CloudTrials, { thingName }: BareDevice): Promise<void> {
  await cloud.world.clients.data.send(
    new DeleteThingShadowCommand({ thingName, shadowName: recordShadowName }),
  )
  cloud.fired()
}

/** Waits until the operators were told of a thing, with these words. */
const toldOf = (cloud: CloudTrials, device: BareDevice, words: string) =>
  until(
    `news of ${words}`,
    () => cloud.told(device.thingName).map(({ message }) => message),
    messages => messages.some(message => message.includes(words)),
  )

describe.concurrent('a record that an operator deletes', () => {
  test('C16: while NEW is on trial: nobody is retired, the device is asked to wait, and goes on once OLD is detached', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const { device, old, execution } = await onTrial(cloud)
    await deleteRecord(cloud, device)
    const answered = commit(device, execution)
    await toldOf(cloud, device, old.certificateId)
    await expectActive(world, device, [old, device.identity])
    expect(device.answers.at(-1)).toMatchObject({ reply: { code: 'NO_RECORD', retryable: true } })
    await detach(world.clients.iot, device.thingName, old.certificateId)
    expect(await answered).toMatchObject({ accepted: true })
    await succeed(device, execution)
    await rotateToRest(world, device)
  })

  test('C16: after the commit: both certificates stay, the operators are told, and the next rotation starts once OLD is detached', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const { device, old, execution } = await onTrial(cloud)
    expect(await commit(device, execution)).toMatchObject({ accepted: true })
    await deleteRecord(cloud, device)
    await succeed(device, execution)
    await toldOf(cloud, device, execution.jobId)
    await expectActive(world, device, [old, device.identity])
    await detach(world.clients.iot, device.thingName, old.certificateId)
    await rotateToRest(world, device)
  })

  test('C16: before OLD is retired: it stays, the operators are told its id, and the next rotation starts once it is detached', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const { device, old, events } = await beforeRetirement(cloud)
    await deleteRecord(cloud, device)
    events.release()
    await toldOf(cloud, device, old.certificateId)
    await expectActive(world, device, [old, device.identity])
    await detach(world.clients.iot, device.thingName, old.certificateId)
    await rotateToRest(world, device)
    expect(statusOf(world, old.certificateId)).toBe('INACTIVE')
  })
})

/** Brings a device somewhere on its way, and gives what of it is attached besides what it uses. */
const phases: Record<string, (world: World, device: BareDevice) => Promise<string[]>> = {
  'before any rotation': async () => [],
  'while NEW is on trial': async (world, device) => {
    const execution = await begin(world, device)
    const { certificateId } = await create(device, execution)
    await cancel(world, execution.jobId)
    return [certificateId]
  },
  'after the commit': async (world, device) => {
    const { certificateId } = device.identity
    const execution = await begin(world, device)
    await device.use(await create(device, execution))
    expect(await commit(device, execution)).toMatchObject({ accepted: true })
    await cancel(world, execution.jobId)
    return [certificateId]
  },
  'after a rotation': async (world, device) => {
    await rotateToRest(world, device)
    return []
  },
}

describe.concurrent('a certificate that an operator gives the device by hand', () => {
  test.for(Object.keys(phases))(
    'C21: %s, the next rotation starts from it, what the record named is gone, and the operators know',
    async (phase, { cloud, expect }) => {
      const { world } = cloud
      const device = await cloud.newDevice()
      const others = (await phases[phase]?.(world, device)) ?? []
      const before = [...others, device.identity.certificateId]
      const hadRecord = (await recordOf(world, device)) !== undefined
      const byHand = await attachByHand(world, device.thingName)
      await device.use(byHand)
      for (const certificateId of before) await detach(world.clients.iot, device.thingName, certificateId)
      cloud.fired()
      await rotateToRest(world, device)
      if (hadRecord) {
        await toldOf(cloud, device, byHand.certificateId)
        for (const certificateId of before) expect(statusOf(world, certificateId)).toBe('gone')
      }
      expect(statusOf(world, byHand.certificateId)).toBe('gone')
    },
  )
})

/** What a device writes into its own record, to have a stranger's certificate retired. */
const forged = (victim: string): string =>
  JSON.stringify({ state: { reported: { progress: 'settled', retiring: [victim] } } })

const recordTopic = ({ thingName }: BareDevice): string =>
  `$aws/things/${thingName}/shadow/name/${recordShadowName}/update`

describe.concurrent('a device that writes its own record', () => {
  test('A5: the documented policy drops its connection, and nothing is written', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const [device, victim] = [await cloud.newDevice(), await cloud.newDevice()]
    await rotateToRest(world, device)
    const before = await recordOf(world, device)
    const access = { ...world.mqtt, rootCa: world.rootCa, ...device.identity }
    const client = await connectOnce(access, `${device.thingName}#forger`)
    const dropped = new Promise<void>(resolve => client.once('close', () => resolve()))
    client.publish(recordTopic(device), forged(victim.identity.certificateId), { qos: 1 })
    await dropped
    cloud.fired()
    expect(await recordOf(world, device)).toEqual(before)
  })

  test("A5: where a policy allows it, no other thing's certificate is retired", async ({ cloud, expect }) => {
    const { world } = cloud
    const [device, victim] = [await cloud.newDevice(), await cloud.newDevice()]
    const policyName = `Forger-${device.thingName}`
    const statement = { Effect: 'Allow', Action: 'iot:*', Resource: '*' }
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await createPolicy(world.clients.iot, policyName, document)
    // The new certificate gets the policies of the old one.
    const [present = ''] = world.cloud.services.registry.principals.principalsOf(device.thingName)
    await attachPolicy(world.clients.iot, policyName, present)
    // The documented policy would deny it whatever another one allows.
    await detachPolicy(world.clients.iot, devicePolicyName, present)
    const execution = await rotateToRest(world, device)
    const { certificateId } = device.identity
    const access = { ...world.mqtt, rootCa: world.rootCa, ...device.identity }
    const client = await connectOnce(access, `${device.thingName}#forger`)
    await client.publishAsync(recordTopic(device), forged(victim.identity.certificateId), { qos: 1 })
    await until(
      'the forged record',
      () => recordOf(world, device),
      record => JSON.stringify(record).includes(victim.identity.certificateId),
    )
    const events = watchEvents(cloud, device.thingName)
    // A commit of the certificate in use has everything queued again that is to be retired.
    await commit(device, execution)
    const tried = await until(
      'the order to retire',
      () =>
        events.seen.filter(
          ({ word, event }) => word === 'retire' && event.includes(victim.identity.certificateId),
        ),
      ({ length }) => length > 0,
    )
    cloud.fired(tried.length)
    await world.cloud.services.functions.settled()
    await client.endAsync()
    expect(certificatesOf(world, victim.thingName).active).toEqual([victim.identity.certificateId])
    expect(certificatesOf(world, device.thingName).active).toEqual([certificateId])
    await rotateToRest(world, victim)
  })
})
