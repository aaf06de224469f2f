import { rmSync } from 'node:fs'
import { join } from 'node:path'
import sdk from 'aws-iot-device-sdk-v2'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RootLayout } from './provision/root-layout.ts'
import {
  type CoreProcess,
  fixtureComponent,
  fixtureStarts,
  provisionFixture,
  startCoreProcess,
  temporaryFolder,
} from './testing/core-process.ts'
import { type FakeBroker, startFakeBroker } from './testing/fake-broker.ts'
import { type OfficialClient, officialClient } from './testing/ipc-fixture.ts'
import { createTestAuthority, type TestAuthority, type TestIdentity } from './testing/test-certificates.ts'

const { QOS, ConfigurationValidityStatus } = sdk.greengrasscoreipc.model

let authority: TestAuthority
let broker: FakeBroker
let identity: TestIdentity
let cleanUp: (() => Promise<unknown> | void)[] = []

beforeAll(async () => {
  authority = await createTestAuthority()
  identity = await authority.issue('device')
  broker = await startFakeBroker(authority)
})

afterEach(async () => {
  for (const task of cleanUp.toReversed()) await task()
  cleanUp = []
})

afterAll(() => broker.close())

interface Device {
  readonly layout: RootLayout
  readonly core: CoreProcess
  readonly client: OfficialClient
}

/** A core that is connected, and the official client with the token of its component. */
async function startDevice(
  mqtt: Readonly<Record<string, string | number>> = {},
  files: TestIdentity = identity,
): Promise<Device> {
  const folder = temporaryFolder()
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }))
  const root = join(folder, 'root')
  const layout = provisionFixture({ root, thingName: 'T', identity: files, authority, broker, mqtt })
  const core = startCoreProcess(layout)
  cleanUp.push(() => core.stop())
  await core.waitFor(({ event }) => event === 'mqtt-connected')
  const [start] = await fixtureStarts(layout, 1)
  const client = officialClient(layout.ipcSocket, start?.authToken ?? '')
  cleanUp.push(() => client.close())
  await client.connect()
  return { layout, core, client }
}

const next = <T>(source: { once: (event: 'message', listener: (message: T) => void) => unknown }) =>
  new Promise<T>(resolve => {
    source.once('message', resolve)
  })
const published = (topic: string) => broker.published.filter(message => message.topic === topic)

describe.each([['mqtt5'], ['mqtt3']])('over %s', version => {
  test('a component publishes and receives through the broker', async () => {
    const { client } = await startDevice({ version })
    const accepted = '$aws/things/T/jobs/+/update/accepted'
    const stream = client.subscribeToIoTCore({ topicName: accepted, qos: QOS.AT_LEAST_ONCE })
    await stream.activate()
    const message = next(stream)
    expect(broker.publish('$aws/things/T/jobs/j-1/update/accepted', '{"ok":true}')).toBe(1)
    expect((await message).message?.payload?.toString()).toBe('{"ok":true}')
    const topicName = `$aws/things/T/jobs/${version}/update`
    await client.publishToIoTCore({ topicName, qos: QOS.AT_LEAST_ONCE, payload: 'hello' })
    await expect.poll(() => published(topicName)).toMatchObject([{ clientId: 'T', payload: 'hello', qos: 1 }])
  })

  test('what is spooled while offline arrives after the reconnect, and subscriptions live on', async () => {
    const { client, core } = await startDevice({ version })
    const stream = client.subscribeToIoTCore({ topicName: 'open/in', qos: QOS.AT_LEAST_ONCE })
    await stream.activate()
    await core.request({ command: 'network', state: 'offline' })
    await core.waitFor(({ event }) => event === 'mqtt-disconnected')
    const topicName = `open/${version}`
    await client.publishToIoTCore({ topicName, qos: QOS.AT_LEAST_ONCE, payload: 'late' })
    await expect(
      client.publishToIoTCore({ topicName, qos: QOS.AT_MOST_ONCE, payload: 'lost' }),
    ).rejects.toThrow()
    expect(await core.request({ command: 'status' })).toMatchObject({ online: false, spooledMessages: 1 })
    await core.request({ command: 'network', state: 'online' })
    await expect.poll(() => published(topicName), { timeout: 10_000 }).toMatchObject([{ payload: 'late' }])
    await expect
      .poll(() => broker.clients().some(({ filters }) => filters.has('open/in')), { timeout: 10_000 })
      .toBe(true)
    const message = next(stream)
    broker.publish('open/in', 'again')
    expect((await message).message?.payload?.toString()).toBe('again')
  })
})

test('MQTT 5 properties pass in both directions', async () => {
  const { client } = await startDevice()
  const stream = client.subscribeToIoTCore({ topicName: 'open/p', qos: QOS.AT_LEAST_ONCE })
  await stream.activate()
  const message = next(stream)
  broker.publish('open/p', 'x', {
    contentType: 'application/json',
    responseTopic: 'open/answer',
    correlationData: Buffer.from('c-1'),
    userProperties: { k: 'v' },
  })
  expect((await message).message).toMatchObject({
    contentType: 'application/json',
    responseTopic: 'open/answer',
    correlationData: Buffer.from('c-1'),
    userProperties: [{ key: 'k', value: 'v' }],
  })
})

test('a deployment asks the validator of the running component', async () => {
  const { client, core } = await startDevice()
  const validation = client.subscribeToValidateConfigurationUpdates({})
  await validation.activate()
  const changes = client.subscribeToConfigurationUpdate({ keyPath: [] })
  await changes.activate()
  const deploy = async (
    keyAlgorithm: string,
    status: sdk.greengrasscoreipc.model.ConfigurationValidityStatus,
  ) => {
    const asked = next(validation)
    const result = core.request({
      command: 'deploy',
      changes: [{ component: fixtureComponent, merge: { keyAlgorithm } }],
    })
    const proposal = (await asked).validateConfigurationUpdateEvent
    expect(proposal?.configuration).toMatchObject({ keyAlgorithm })
    await client.sendConfigurationValidityReport({
      configurationValidityReport: { status, deploymentId: proposal?.deploymentId ?? '', message: 'why' },
    })
    return result
  }
  expect(await deploy('Foobar', ConfigurationValidityStatus.REJECTED)).toMatchObject({
    status: 'FAILED_NO_STATE_CHANGE',
    reason: expect.stringContaining('message = why'),
  })
  const changed = next(changes)
  expect(await deploy('ECDSA-P256', ConfigurationValidityStatus.ACCEPTED)).toEqual({ status: 'SUCCESSFUL' })
  expect((await changed).configurationUpdateEvent?.keyPath).toEqual(['keyAlgorithm'])
  expect((await client.getConfiguration({ keyPath: ['keyAlgorithm'] })).value).toEqual({
    keyAlgorithm: 'ECDSA-P256',
  })
})

test('a deployment that changes mqtt settings makes the nucleus connect afresh, without a restart', async () => {
  const { core } = await startDevice()
  const seen = core.events.length
  const nucleus = { component: 'aws.greengrass.Nucleus', merge: { mqtt: { keepAliveTimeoutMs: 60_001 } } }
  await core.request({ command: 'deploy', changes: [nucleus] })
  await core.waitFor(({ event }) => event === 'mqtt-connected', seen)
  expect(core.events.filter(({ event }) => event === 'started')).toHaveLength(1)
})

test('a chain with other text and CRLF serves as a certificate file', async () => {
  const certificatePem = `Subject: x\n${identity.certificatePem}${authority.caPem}`.replaceAll('\n', '\r\n')
  const { core } = await startDevice({}, { ...identity, certificatePem })
  expect(core.events.find(({ event }) => event === 'mqtt-connected')).toMatchObject({
    fingerprint: identity.fingerprint,
  })
})

test('silence on the network is noticed by keep-alive', async () => {
  const { core } = await startDevice({ keepAliveTimeoutMs: 1000, pingTimeoutMs: 500 })
  await core.request({ command: 'network', state: 'silent' })
  const lost = await core.waitFor(({ event }) => event === 'mqtt-disconnected')
  expect(lost['reason']).toContain('PING')
  const seen = core.events.length
  await core.request({ command: 'network', state: 'online' })
  await core.waitFor(({ event }) => event === 'mqtt-connected', seen)
})
