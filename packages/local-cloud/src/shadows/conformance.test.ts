import {
  ConflictException,
  DeleteThingShadowCommand,
  GetThingShadowCommand,
  InvalidRequestException,
  IoTDataPlaneClient,
  ListNamedShadowsForThingCommand,
  RequestEntityTooLargeException,
  ResourceNotFoundException,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DeviceCloud, heard, startDeviceCloud } from '../testing/device-cloud.ts'

const prefix = '$aws/things/dev1/shadow/name/record'
const id = { thingName: 'dev1', shadowName: 'record' }

let cloud: DeviceCloud
let iotData: IoTDataPlaneClient

beforeEach(async () => {
  cloud = await startDeviceCloud()
  iotData = new IoTDataPlaneClient(cloud.settings)
})

afterEach(async () => {
  iotData.destroy()
  await cloud.stop()
})

const parsed = (payload: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(payload ?? []).toString())

async function update(state: object, version?: number): Promise<unknown> {
  const payload = JSON.stringify({ state, ...(version !== undefined && { version }) })
  return parsed(
    (await iotData.send(new UpdateThingShadowCommand({ ...id, payload: Buffer.from(payload) }))).payload,
  )
}

const get = async (): Promise<unknown> => parsed((await iotData.send(new GetThingShadowCommand(id))).payload)

describe('shadows with the SDK and the broker', () => {
  test('a record is made without condition and then changed by conditional writes', async () => {
    await expect(get()).rejects.toThrow(ResourceNotFoundException)
    await expect(get()).rejects.toThrow("No shadow exists with name: 'dev1~record'")
    expect(await update({ reported: { schema: 2 } })).toMatchObject({
      version: 1,
      state: { reported: { schema: 2 } },
    })
    expect(await update({ reported: { progress: 'created' } }, 1)).toMatchObject({ version: 2 })
    await expect(update({ reported: { progress: 'abandoned' } }, 1)).rejects.toThrow(ConflictException)
    expect(await get()).toMatchObject({
      state: { reported: { schema: 2, progress: 'created' } },
      metadata: { reported: { progress: { timestamp: expect.any(Number) } } },
      version: 2,
    })
  })

  test('of twenty writers with the same version exactly one wins', async () => {
    await update({ reported: { schema: 2 } })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, writer) => update({ reported: { writer } }, 1)),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await get()).toMatchObject({ version: 2 })
  })

  test('what one does by HTTP a device hears by MQTT', async () => {
    const device = cloud.connectDevice('dev1')
    await update({ desired: { a: 1 } })
    await iotData.send(new DeleteThingShadowCommand(id))
    expect(heard(device).map(({ topic }) => topic)).toEqual([
      `${prefix}/update/accepted`,
      `${prefix}/update/delta`,
      `${prefix}/update/documents`,
      `${prefix}/delete/accepted`,
    ])
  })

  test('an error by HTTP is told to nobody by MQTT', async () => {
    const device = cloud.connectDevice('dev1')
    await expect(update({ reported: { a: 'x'.repeat(8200) } })).rejects.toThrow(
      RequestEntityTooLargeException,
    )
    await expect(update({ elsewhere: {} })).rejects.toThrow(InvalidRequestException)
    const payload = Buffer.from('nonsense')
    await expect(iotData.send(new UpdateThingShadowCommand({ ...id, payload }))).rejects.toThrow(
      InvalidRequestException,
    )
    expect(heard(device)).toEqual([])
  })

  test('the sequence by which AWS tests its own device SDK: get, update, delete by MQTT', () => {
    const device = cloud.connectDevice('dev1')
    const ask = (rest: string, body: object) => {
      device.publish(`${prefix}/${rest}`, JSON.stringify(body))
      return heard(device)
    }
    expect(ask('get', { clientToken: 'a' })).toMatchObject([
      { topic: `${prefix}/get/rejected`, body: { code: 404, clientToken: 'a' } },
    ])
    expect(ask('update', { state: { desired: { color: 'green' } }, clientToken: 'b' })).toMatchObject([
      { topic: `${prefix}/update/accepted`, body: { clientToken: 'b', version: 1 } },
      { topic: `${prefix}/update/delta`, body: { state: { color: 'green' } } },
      { topic: `${prefix}/update/documents`, body: { current: { state: { desired: { color: 'green' } } } } },
    ])
    expect(ask('get', { clientToken: 'c' })).toMatchObject([
      { topic: `${prefix}/get/accepted`, body: { clientToken: 'c', state: { delta: { color: 'green' } } } },
    ])
    expect(ask('delete', { clientToken: 'd' })).toMatchObject([
      { topic: `${prefix}/delete/accepted`, body: { clientToken: 'd', version: 1 } },
    ])
  })

  test('named shadows are listed in pages', async () => {
    for (const shadowName of ['a', 'b', 'c'])
      await iotData.send(
        new UpdateThingShadowCommand({ thingName: 'dev1', shadowName, payload: Buffer.from('{"state":{}}') }),
      )
    const list = new ListNamedShadowsForThingCommand({ thingName: 'dev1', pageSize: 2 })
    const first = await iotData.send(list)
    expect(first).toMatchObject({ results: ['a', 'b'], timestamp: cloud.clock.now() / 1000 })
    const { nextToken } = first
    const rest = await iotData.send(
      new ListNamedShadowsForThingCommand({ thingName: 'dev1', pageSize: 2, nextToken: nextToken ?? '' }),
    )
    expect(rest.results).toEqual(['c'])
    expect(rest.nextToken).toBeUndefined()
  })

  test('a name that no shadow can have is refused', async () => {
    const command = new GetThingShadowCommand({ thingName: 'dev1', shadowName: 'a b' })
    await expect(iotData.send(command)).rejects.toThrow(InvalidRequestException)
  })
})
