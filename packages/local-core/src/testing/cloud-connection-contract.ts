import { expect, test } from 'vitest'
import type { CloudConnection, CloudConnectionEvents, OpenConnection } from '../mqtt/cloud-connection.ts'
import type { MqttMessage } from '../mqtt/mqtt-proxy.ts'
import type { NetworkLink } from '../mqtt/network-link.ts'
import { type CloudOptions, openCloud } from '../mqtt/open-cloud.ts'
import type { FakeBroker } from './fake-broker.ts'

/** What the contract needs of a cloud behind the connections under test. */
export interface ContractCloud {
  readonly open: OpenConnection
  /** Lets a connection that was opened connect, where it does not by itself. */
  readonly letIn: () => void
  readonly filters: () => readonly string[]
  readonly publishedTopics: () => readonly string[]
  /** Sends a message to the client. */
  readonly deliver: (topic: string, payload: string) => void
  readonly deny: (filter: string) => void
  readonly cut: () => void
}

/** A broker, to which AWS's library connects over a link that can be cut. */
export const cloudAtBroker = (
  options: CloudOptions & { readonly network: Pick<NetworkLink, 'set'> },
  broker: FakeBroker,
): ContractCloud => ({
  open: request => openCloud(options, request),
  letIn: () => {},
  filters: () => broker.clients().flatMap(({ filters }) => [...filters.keys()]),
  publishedTopics: () => broker.published.map(({ topic }) => topic),
  deliver: broker.publish,
  deny: filter => broker.deniedFilters.add(filter),
  cut: () => options.network.set('offline'),
})

/** What every implementation of a cloud connection does. */
export function cloudConnectionContract(cloud: () => ContractCloud): void {
  const connected = () => connect(cloud())

  test('connects, and names the certificate that it holds', async () => {
    const { connection } = await connected()
    expect(connection.fingerprint).toMatch(/^[0-9a-f]{64}$/)
    await connection.stop()
  })

  test('subscribes, receives and unsubscribes', async () => {
    const { connection, message } = await connected()
    expect(await connection.subscribe('a/+', 1)).toBe(1)
    expect(cloud().filters()).toEqual(['a/+'])
    cloud().deliver('a/b', 'hello')
    const { topic, payload } = await message
    expect([topic, Buffer.from(payload).toString()]).toEqual(['a/b', 'hello'])
    await connection.unsubscribe('a/+')
    expect(cloud().filters()).toEqual([])
    await connection.stop()
  })

  test('answers a refused subscription with a code of 128 or more', async () => {
    const { connection } = await connected()
    cloud().deny('secret')
    expect(await connection.subscribe('secret', 1)).toBeGreaterThanOrEqual(128)
    await connection.stop()
  })

  test('publishes at both QoS', async () => {
    const { connection } = await connected()
    expect(await publish(connection, 'q/0', 0)).toBe(0)
    expect(await publish(connection, 'q/1', 1)).toBe(0)
    expect(cloud().publishedTopics()).toEqual(['q/0', 'q/1'])
    await connection.stop()
  })

  test('tells a lost connection, and refuses to work until it is back', async () => {
    const { connection, lost } = await connected()
    cloud().cut()
    expect(await lost).not.toBe('')
    await expect(connection.subscribe('a', 1)).rejects.toThrow()
    await expect(publish(connection, 'a', 1)).rejects.toThrow()
    await connection.stop()
  })
}

/** Opens a connection and waits until it stands. */
async function connect(cloud: ContractCloud) {
  const first = Promise.withResolvers<boolean>()
  const lost = Promise.withResolvers<string>()
  const message = Promise.withResolvers<MqttMessage>()
  const events: CloudConnectionEvents = {
    connected: first.resolve,
    disconnected: lost.resolve,
    failed: () => {},
    message: message.resolve,
  }
  const connection = cloud.open({ clientId: 'T', resumeSession: false, events })
  cloud.letIn()
  expect(await first.promise).toBe(false)
  return { connection, lost: lost.promise, message: message.promise }
}

const publish = (connection: CloudConnection, topic: string, qos: 0 | 1) =>
  connection.publish({
    topic,
    qos,
    payload: Buffer.from('x'),
    retain: false,
    payloadFormat: 'bytes',
    userProperties: [],
  })
