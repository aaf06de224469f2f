import { beforeEach, describe, expect, test } from 'vitest'
import { createConfigTree } from '../config/config-tree.ts'
import { readDeviceSettings } from '../config/device-settings.ts'
import { type FakeCloud, fakeCloud } from '../testing/fake-cloud.ts'
import { type ManualClock, manualClock } from '../testing/manual-clock.ts'
import { realTimings } from '../timings.ts'
import { createMessageFaults, type MessageFaults } from './message-faults.ts'
import { createMqttClient, type MqttClient, type MqttEvent } from './mqtt-client.ts'
import type { MqttMessage } from './mqtt-proxy.ts'

const defaults = readDeviceSettings(createConfigTree()).mqtt
let cloud: FakeCloud
let clock: ManualClock
let events: MqttEvent[]
let faults: MessageFaults

beforeEach(() => {
  cloud = fakeCloud()
  clock = manualClock()
  events = []
  faults = createMessageFaults(clock)
})

function client(settings: Partial<typeof defaults> = {}): MqttClient {
  return createMqttClient({
    thingName: 'T',
    settings: { ...defaults, ...settings },
    timings: realTimings,
    clock,
    random: () => 0.5,
    openConnection: cloud.open,
    faults,
    tell: event => events.push(event),
  })
}

const message = (topic: string, qos: 0 | 1 = 1, text = 'x'): MqttMessage => ({
  topic,
  qos,
  payload: Buffer.from(text),
  retain: false,
  payloadFormat: 'bytes',
  userProperties: [],
})
const connection = (index = 0) => {
  const found = cloud.connections[index]
  if (found === undefined) throw new Error(`there is no connection ${index}`)
  return found
}
const topics = (index = 0) => connection(index).published.map(({ topic }) => topic)
const settled = () => clock.advance(0)

describe('connecting', () => {
  test('uses the thing name as client id and tells the certificate', () => {
    client().start()
    connection().connect()
    expect(connection()).toMatchObject({ clientId: 'T', resumeSession: false })
    expect(events).toEqual([
      { event: 'mqtt-connected', clientId: 'T', fingerprint: '1'.repeat(64), sessionPresent: false },
    ])
  })

  test('is tried afresh 2 minutes (and jitter) after a connection could not be built', async () => {
    cloud.buildFailure = 'AWS_IO_TLS_CTX_ERROR'
    client().start()
    await settled()
    expect(events).toEqual([{ event: 'mqtt-build-failed', clientId: 'T', reason: 'AWS_IO_TLS_CTX_ERROR' }])
    cloud.buildFailure = undefined
    await clock.advance(124_999)
    expect(cloud.connections).toHaveLength(0)
    await clock.advance(1)
    expect(cloud.connections).toHaveLength(1)
  })

  test('reads the identity again only when the nucleus itself reconnects', async () => {
    const mqtt = client()
    mqtt.start()
    connection().connect()
    cloud.fingerprint = 'second'
    connection().disconnect()
    connection().connect(true)
    expect(events.at(-1)).toMatchObject({ event: 'mqtt-connected', fingerprint: '1'.repeat(64) })
    await mqtt.reconnect()
    expect(connection(0).stopped).toBe(true)
    connection(1).connect()
    expect(connection(1)).toMatchObject({ resumeSession: true })
    expect(events.at(-1)).toMatchObject({ event: 'mqtt-connected', fingerprint: 'second' })
  })
})

describe('publishing', () => {
  test('spools QoS 1 while offline and sends it in order once connected', async () => {
    const mqtt = client()
    mqtt.start()
    for (const topic of ['a', 'b', 'c']) mqtt.publish(message(topic))
    expect(mqtt.spooledMessages()).toBe(3)
    connection().connect()
    await settled()
    expect(topics()).toEqual(['a', 'b', 'c'])
    expect(mqtt.spooledMessages()).toBe(0)
  })

  test('refuses QoS 0 while offline, unless the spooler is told to keep it', async () => {
    expect(() => client().publish(message('a', 0))).toThrow('Device is offline. Dropping QoS 0 message.')
    const keeping = client({ keepQos0WhenOffline: true })
    keeping.start()
    keeping.publish(message('a', 0))
    connection().connect()
    await settled()
    expect(topics()).toEqual(['a'])
  })

  test('refuses what is too large, has wildcards or too many levels', () => {
    const mqtt = client({ maxMessageSizeInBytes: 3 })
    expect(() => mqtt.publish(message('a', 1, 'four'))).toThrow('exceeds the configured limit of 3 bytes')
    expect(() => mqtt.publish(message('a/+'))).toThrow('wildcard')
    expect(() => mqtt.publish(message('1/2/3/4/5/6/7/8/9'))).toThrow('no more than 7 forward slashes')
    expect(() => mqtt.publish(message(''))).toThrow('must not be empty')
    expect(() => mqtt.publish(message('$aws/things/T/jobs/j/a/b/c/update'))).not.toThrow()
  })

  test('sends again what failed, gives up after maxPublishRetry, and at once where repeating is useless', async () => {
    const mqtt = client({ maxPublishRetry: 2 })
    mqtt.start()
    connection().connect()
    cloud.publishCodes.push('fails', 131, 0)
    mqtt.publish(message('again'))
    await settled()
    expect(topics()).toEqual(['again', 'again'])
    cloud.publishCodes.push('fails', 'fails', 'fails')
    mqtt.publish(message('never'))
    await settled()
    expect(topics()).not.toContain('never')
    cloud.publishCodes.push(135)
    mqtt.publish(message('forbidden'))
    await settled()
    expect(topics().filter(topic => topic === 'forbidden')).toHaveLength(1)
    expect(mqtt.spooledMessages()).toBe(0)
  })

  test('drops QoS 0 messages to make room, then says that the spool is full', () => {
    const mqtt = client({ spoolMaxSizeInBytes: 10, keepQos0WhenOffline: true })
    mqtt.publish(message('zero', 0, '123456'))
    mqtt.publish(message('one', 1, '12345678'))
    expect(mqtt.spooledMessages()).toBe(1)
    expect(() => mqtt.publish(message('more', 1, '123'))).toThrow('Message spool is full')
    expect(() => mqtt.publish(message('large', 1, '12345678901'))).toThrow('larger than the size')
  })

  test('forgets waiting QoS 0 messages when the connection goes', async () => {
    const mqtt = client({ maxInFlightPublishes: 0 })
    mqtt.start()
    connection().connect()
    mqtt.publish(message('zero', 0))
    mqtt.publish(message('one', 1))
    connection().disconnect()
    await settled()
    expect(mqtt.spooledMessages()).toBe(1)
  })
})

describe('subscribing', () => {
  test('waits for the first connection, without end', async () => {
    const mqtt = client()
    mqtt.start()
    let granted = false
    const subscription = mqtt.subscribe('a/+', 1, () => {})
    void subscription.granted.then(() => (granted = true))
    await clock.advance(3_600_000)
    expect(granted).toBe(false)
    connection().connect()
    await settled()
    expect(granted).toBe(true)
    expect([...connection().filters]).toEqual(['a/+'])
  })

  test('fails at once while a connection that once stood is down', async () => {
    const mqtt = client()
    mqtt.start()
    connection().connect()
    connection().disconnect()
    await expect(mqtt.subscribe('a', 1, () => {}).granted).rejects.toThrow('OFFLINE_QUEUE_POLICY')
  })

  test('fails with the broker’s refusal, and with a filter that the nucleus refuses', async () => {
    const mqtt = client()
    mqtt.start()
    connection().connect()
    cloud.subscribeCode = 135
    await expect(mqtt.subscribe('a', 1, () => {}).granted).rejects.toThrow('NOT_AUTHORIZED')
    await expect(mqtt.subscribe('', 1, () => {}).granted).rejects.toThrow('must not be empty')
  })

  test('delivers to every subscriber that matches and asks the cloud once for what is covered', async () => {
    const mqtt = client()
    mqtt.start()
    connection().connect()
    const received: string[] = []
    await mqtt.subscribe('a/#', 1, () => received.push('wide')).granted
    const narrow = mqtt.subscribe('a/b', 1, () => received.push('narrow'))
    await narrow.granted
    expect([...connection().filters]).toEqual(['a/#'])
    connection().events.message(message('a/b'))
    expect(received).toEqual(['wide', 'narrow'])
    narrow.cancel()
    connection().events.message(message('a/b'))
    expect(received).toEqual(['wide', 'narrow', 'wide'])
  })

  test('leaves the cloud’s subscription when its last subscriber goes', async () => {
    const mqtt = client()
    mqtt.start()
    connection().connect()
    const subscription = mqtt.subscribe('a', 1, () => {})
    await subscription.granted
    subscription.cancel()
    await settled()
    expect([...connection().filters]).toEqual([])
  })

  test('that was cancelled while waiting leaves nothing behind', async () => {
    const mqtt = client()
    mqtt.start()
    mqtt.subscribe('a', 1, () => {}).cancel()
    connection().connect()
    await settled()
    expect([...connection().filters]).toEqual([])
  })

  test('is repeated after a reconnect without session, until the broker grants it', async () => {
    const mqtt = client()
    mqtt.start()
    connection().connect()
    await mqtt.subscribe('a', 1, () => {}).granted
    connection().disconnect()
    cloud.subscribeCode = 128
    connection().connect()
    await settled()
    expect([...connection().filters]).toEqual([])
    cloud.subscribeCode = 1
    await clock.advance(realTimings.resubscribeRetryMs)
    expect([...connection().filters]).toEqual(['a'])
  })

  test('beyond 50 opens a second connection, T#2', async () => {
    const mqtt = client()
    mqtt.start()
    connection().connect()
    for (let index = 0; index < 50; index++) await mqtt.subscribe(`t/${index}`, 1, () => {}).granted
    const next = mqtt.subscribe('t/50', 1, () => {})
    await settled()
    expect(connection(1).clientId).toBe('T#2')
    connection(1).connect()
    await next.granted
    expect([...connection(1).filters]).toEqual(['t/50'])
  })
})

describe('faults', () => {
  test('M1, M2: drop as many messages as they say, in their direction, and count', async () => {
    const mqtt = client()
    const received: string[] = []
    mqtt.start()
    connection().connect()
    await mqtt.subscribe('a/#', 1, ({ topic }) => received.push(topic)).granted
    const drop = { action: 'drop' as const, delayMs: 0, times: 1 }
    faults.set([
      { id: 'lost-request', direction: 'to-cloud', filter: 'a/b', ...drop },
      { id: 'lost-reply', direction: 'from-cloud', filter: 'a/+', ...drop },
    ])
    for (const topic of ['a/b', 'a/b']) mqtt.publish(message(topic))
    await settled()
    expect(topics()).toEqual(['a/b'])
    for (const topic of ['a/1', 'a/2']) connection().events.message(message(topic))
    expect(received).toEqual(['a/2'])
    expect(faults.fired()).toEqual({ 'lost-request': 1, 'lost-reply': 1 })
  })

  test('M3, M13: deliver twice, or late', async () => {
    const mqtt = client()
    const received: string[] = []
    mqtt.start()
    connection().connect()
    await mqtt.subscribe('#', 1, ({ topic }) => received.push(topic)).granted
    faults.set([
      {
        id: 'twice',
        direction: 'from-cloud',
        filter: 'twice',
        action: 'duplicate',
        delayMs: 10,
        times: null,
      },
      { id: 'late', direction: 'from-cloud', filter: 'late', action: 'delay', delayMs: 1000, times: null },
    ])
    for (const topic of ['late', 'twice', 'other']) connection().events.message(message(topic))
    expect(received).toEqual(['twice', 'other'])
    await clock.advance(10)
    expect(received).toEqual(['twice', 'other', 'twice'])
    await clock.advance(1000)
    expect(received.at(-1)).toBe('late')
  })
})

test('a stopped client stays stopped', async () => {
  cloud.buildFailure = 'broken'
  const mqtt = client()
  mqtt.start()
  await settled()
  await mqtt.stop()
  cloud.buildFailure = undefined
  await clock.advance(3_600_000)
  expect(cloud.connections).toHaveLength(0)
})
