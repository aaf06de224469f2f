import { request } from 'node:https'
import {
  CreateRoleAliasCommand,
  DeleteRoleAliasCommand,
  DescribeRoleAliasCommand,
  IoTClient,
  ListRoleAliasesCommand,
} from '@aws-sdk/client-iot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EnrolledDevice, enrol } from '../testing/device-fleet.ts'
import { type FrontDoor, startFrontDoor } from '../testing/front-door.ts'

const roleArn = 'arn:aws:iam::123456789012:role/CoreRole'
let door: FrontDoor
let iot: IoTClient

beforeAll(async () => {
  door = await startFrontDoor()
  iot = new IoTClient(door.settings)
  await iot.send(new CreateRoleAliasCommand({ roleAlias: 'Core', roleArn }))
})

afterAll(async () => {
  iot.destroy()
  await door.stop()
})

const assume = (alias: string) => ({
  Effect: 'Allow',
  Action: 'iot:AssumeRoleWithCertificate',
  Resource: `arn:aws:iot:us-east-1:123456789012:rolealias/${alias}`,
})
const newDevice = (thingName: string, policy = assume('Core')): EnrolledDevice =>
  enrol(door.registry, { policy, thingName, now: Date.now() })

interface Answer {
  status: number | undefined
  body: Record<string, unknown>
}

function ask(
  device: EnrolledDevice | undefined,
  alias: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: 'localhost',
      port: door.httpsPort,
      path: `/role-aliases/${alias}/credentials`,
      headers,
      ca: door.rootCa,
      agent: false,
      ...(device !== undefined && { cert: device.certificate.certificatePem, key: device.privateKeyPem }),
    }
    const outgoing = request(options, incoming => {
      const pieces: Buffer[] = []
      incoming.on('data', (piece: Buffer) => pieces.push(piece))
      incoming.once('end', () =>
        resolve({ status: incoming.statusCode, body: JSON.parse(Buffer.concat(pieces).toString()) }),
      )
    })
    outgoing.once('error', reject)
    outgoing.end()
  })
}

describe('the credential endpoint', () => {
  test('gives keys of the role to a device whose policy allows it, in the name of its thing', async () => {
    const answer = await ask(newDevice('pump1'), 'Core', { 'x-amzn-iot-thingname': 'pump1' })
    expect(answer).toMatchObject({
      status: 200,
      body: { credentials: { accessKeyId: expect.stringMatching(/^ASIA/), expiration: expect.any(String) } },
    })
  })

  test('refuses what no policy allows, an inactive and a missing certificate, and the name of another thing', async () => {
    const inactive = newDevice('pump2')
    door.registry.certificates.setStatus(inactive.certificate.certificateId, 'INACTIVE', Date.now())
    expect((await ask(newDevice('pump3', assume('Other')), 'Core')).status).toBe(403)
    expect((await ask(inactive, 'Core')).status).toBe(403)
    expect((await ask(undefined, 'Core')).status).toBe(403)
    expect((await ask(newDevice('pump4'), 'Core', { 'x-amzn-iot-thingname': 'pump1' })).status).toBe(403)
  })

  test('does not know an alias that nobody made', async () => {
    expect((await ask(newDevice('pump5', assume('*')), 'Nobodys')).status).toBe(404)
  })
})

describe('role aliases', () => {
  test('are made, described, listed and deleted with the AWS SDK', async () => {
    const made = await iot.send(
      new CreateRoleAliasCommand({ roleAlias: 'Other', roleArn, credentialDurationSeconds: 900 }),
    )
    expect(made).toMatchObject({
      roleAlias: 'Other',
      roleAliasArn: 'arn:aws:iot:us-east-1:123456789012:rolealias/Other',
    })
    const { roleAliasDescription } = await iot.send(new DescribeRoleAliasCommand({ roleAlias: 'Other' }))
    expect(roleAliasDescription).toMatchObject({
      roleArn,
      credentialDurationSeconds: 900,
      creationDate: expect.any(Date),
    })
    expect((await iot.send(new ListRoleAliasesCommand({}))).roleAliases).toContain('Other')
    await iot.send(new DeleteRoleAliasCommand({ roleAlias: 'Other' }))
    await expect(iot.send(new DescribeRoleAliasCommand({ roleAlias: 'Other' }))).rejects.toThrow(
      'does not exist',
    )
    await expect(iot.send(new DeleteRoleAliasCommand({ roleAlias: 'Other' }))).rejects.toThrow(
      'does not exist',
    )
  })

  test('are refused twice, and with a duration that AWS does not take', async () => {
    await expect(iot.send(new CreateRoleAliasCommand({ roleAlias: 'Core', roleArn }))).rejects.toThrow(
      'already exists',
    )
    const short = new CreateRoleAliasCommand({ roleAlias: 'Short', roleArn, credentialDurationSeconds: 1 })
    await expect(iot.send(short)).rejects.toThrow('from 900 to 43200')
  })
})
