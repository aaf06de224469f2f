import { type RequestOptions, request } from 'node:https'
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../mqtt/message-bus.ts'
import { type EnrolledDevice, enrol } from '../testing/device-fleet.ts'
import { type FrontDoor, startFrontDoor } from '../testing/front-door.ts'

let door: FrontDoor
const heard: Message[] = []

beforeAll(async () => {
  door = await startFrontDoor()
  door.broker.listen(message => heard.push(message))
})

afterAll(() => door.stop())

const policy = {
  Effect: 'Allow',
  Action: 'iot:Publish',
  Resource: 'arn:aws:iot:us-east-1:123456789012:topic/from/${iot:Connection.Thing.ThingName}',
}
const newDevice = (thingName: string) => enrol(door.registry, { policy, thingName, now: Date.now() })

function publish(
  device: EnrolledDevice | undefined,
  topic: string,
  options: RequestOptions = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: 'localhost',
        port: door.httpsPort,
        path: `/topics/${encodeURIComponent(topic)}?qos=1`,
        method: 'POST',
        ca: door.rootCa,
        agent: false,
        ...(device !== undefined && { cert: device.certificate.certificatePem, key: device.privateKeyPem }),
        ...options,
      },
      incoming => {
        incoming.resume()
        incoming.once('end', () => resolve(incoming.statusCode ?? 0))
      },
    )
    outgoing.once('error', reject)
    outgoing.end('hello')
  })
}

describe('a device that calls by mutual TLS', () => {
  test('may do what its policy allows, as the thing of its certificate, and nothing else', async () => {
    const device = newDevice('pump1')
    expect(await publish(device, 'from/pump1')).toBe(200)
    expect(await publish(device, 'from/pump2')).toBe(403)
    expect(heard).toMatchObject([
      {
        topic: 'from/pump1',
        payload: Buffer.from('hello'),
        qos: 1,
        source: { kind: 'http', principal: device.certificate.certificateId },
      },
    ])
  })

  test('is refused with an inactive certificate', async () => {
    const device = newDevice('pump3')
    door.registry.certificates.setStatus(device.certificate.certificateId, 'INACTIVE', Date.now())
    expect(await publish(device, 'from/pump3')).toBe(403)
  })

  test('reaches the data plane alone', async () => {
    expect(await publish(newDevice('pump4'), '', { path: '/certificates' })).toBe(404)
  })
})

describe('Publish of the data plane', () => {
  test('takes a signed caller’s message, retained on demand', async () => {
    const client = new IoTDataPlaneClient(door.settings)
    await client.send(
      new PublishCommand({ topic: 'a/b', qos: 1, retain: true, payload: Buffer.from('{"x":1}') }),
    )
    client.destroy()
    expect(heard.at(-1)).toMatchObject({
      topic: 'a/b',
      retain: true,
      payload: Buffer.from('{"x":1}'),
      source: { kind: 'http', principal: 'AKIDLOCAL' },
    })
  })

  test.each([
    ['a/+', 'x', 0],
    ['$aws/things/dev1/jobs/notify', 'x', 0],
    ['a', 'x'.repeat(128 * 1024 + 1), 0],
    ['a', 'x', 2],
  ])(
    'refuses topic, payload or QoS that a device could not publish with (%s)',
    async (topic, payload, qos) => {
      const client = new IoTDataPlaneClient({ ...door.settings, maxAttempts: 1 })
      const command = new PublishCommand({ topic, qos, payload: Buffer.from(payload) })
      await expect(client.send(command)).rejects.toMatchObject({ name: 'InvalidRequestException' })
      client.destroy()
    },
  )
})
