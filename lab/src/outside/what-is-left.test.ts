import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AddThingToThingGroupCommand, CreateThingGroupCommand } from '@aws-sdk/client-iot'
import { UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { AwsError } from '@rotator/local-cloud/api/aws-error'
import { recordShadowName, stackName } from '@rotator/protocol/names'
import { describe } from 'vitest'
import { begin, create, expectAtRest, rotateBare } from '../whole/bare-rotation.ts'
import { testAlone as test } from '../whole/cloud-test.ts'
import { thingGroupName, type World } from '../whole/world.ts'
import { repositoryRoot } from '../world/repository-root.ts'
import { runCommand } from './automation/run-command.ts'

const script = join(repositoryRoot, 'tools/fleet/what-is-left.sh')

async function look(world: World, given = thingGroupName) {
  const folder = join(world.folder, 'what-is-left')
  mkdirSync(folder, { recursive: true })
  return runCommand(`bash '${script}' ${given}`, folder, world.cloud.endpoints.http, { PAUSE_SECONDS: '0' })
}

function queueOf({ cloud }: World, word: string) {
  const queue = cloud.services.queues.find(`${stackName}${word}`)
  if (queue === undefined) throw new Error(`There is no queue ${word}.`)
  return queue
}

describe('what is left to be done', { timeout: 240_000 }, () => {
  test('is nothing where every rotation has ended, and every old certificate is gone', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    await cloud.newDevice()
    await rotateBare(world, device)
    await expectAtRest(world, device)
    const { exitCode, output } = await look(world)
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 })
    expect(output.match(/: 0 messages/gu)).toHaveLength(3)
    expect(output).toMatch(/^2 things looked at, 0 not at rest$/mu)
  })

  test('is a rotation that goes on, and a certificate that a record remembers, by the thing', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const [rotating, remembering] = [await cloud.newDevice(), await cloud.newDevice()]
    await create(rotating, await begin(world, rotating))
    const reported = { progress: 'settled', retiring: ['old'], superseded: ['older'] }
    await world.clients.data.send(
      new UpdateThingShadowCommand({
        thingName: remembering.thingName,
        shadowName: recordShadowName,
        payload: Buffer.from(JSON.stringify({ state: { reported } })),
      }),
    )
    const { exitCode, output } = await look(world)
    expect(exitCode).toBe(1)
    expect(output).toContain(`${rotating.thingName}: a rotation is created\n`)
    expect(output).toContain(`${remembering.thingName}: still to be retired: old older\n`)
    const named = await look(world, `--things ${remembering.thingName} no-such-thing`)
    expect(named.exitCode).toBe(1)
    expect(named.output).toContain(`${remembering.thingName}: still to be retired`)
    expect(named.output).not.toContain(rotating.thingName)
  })

  test('is a rotation of a thing in a group below, too', async ({ cloud, expect }) => {
    const { world } = cloud
    const { iot } = world.clients
    const device = await cloud.newDevice()
    await create(device, await begin(world, device))
    const [above, below] = ['fleet-above', 'fleet-below']
    await iot.send(new CreateThingGroupCommand({ thingGroupName: above }))
    await iot.send(new CreateThingGroupCommand({ thingGroupName: below, parentGroupName: above }))
    await iot.send(new AddThingToThingGroupCommand({ thingName: device.thingName, thingGroupName: below }))
    const { exitCode, output } = await look(world, above)
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 })
    expect(output).toContain(
      `${device.thingName}: a rotation is created\n1 things looked at, 1 not at rest\n`,
    )
  })

  test('is a message in any of the queues: one that waits, one that failed, one that was just taken', async ({
    cloud: { world },
    expect,
  }) => {
    queueOf(world, 'RetireCertificate').send({ body: 'later', delaySeconds: 600 })
    queueOf(world, 'RetireCertificateFailed').send({ body: 'failed' })
    queueOf(world, 'FailedEvents').send({ body: 'taken' })
    queueOf(world, 'FailedEvents').receive(1, 600)
    const { exitCode, output } = await look(world)
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 })
    expect(output.match(/: 1 messages/gu)).toHaveLength(3)
  })

  test('is waited for, until there is nothing or it could not be looked at', async ({
    cloud: { world },
    onTestFinished,
    expect,
  }) => {
    expect(await look(world, `--wait ${thingGroupName}`)).toMatchObject({ exitCode: 0 })
    queueOf(world, 'FailedEvents').send({ body: 'failed' })
    const expired = new AwsError('ExpiredTokenException', 403, 'The security token is expired')
    let looks = 0
    onTestFinished(
      world.cloud.api.interfere(({ name }) => {
        if (name !== 'ListThingsInThingGroup') return undefined
        looks += 1
        return looks > 1 ? { when: 'before', answer: expired } : undefined
      }),
    )
    const { exitCode, output } = await look(world, `--wait ${thingGroupName}`)
    expect({ exitCode, output }).toMatchObject({ exitCode: 2 })
    expect(output).toContain('FailedEvents: 1 messages')
    expect(looks).toBe(2)
  })

  test('is not known where it could not be looked at', async ({ cloud: { world }, expect }) => {
    expect(await look(world, 'no-such-group')).toMatchObject({ exitCode: 2 })
    for (const nothing of ['', '--things'])
      expect(await look(world, nothing)).toEqual({
        exitCode: 2,
        output: expect.stringContaining('Give the name'),
      })
  })
})
