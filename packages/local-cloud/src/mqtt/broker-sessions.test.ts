import { beforeEach, describe, expect, test } from 'vitest'
import { anything } from '../testing/device-fleet.ts'
import { type WirelessBroker, type WirelessClient, wirelessBroker } from '../testing/wireless-broker.ts'

let world: WirelessBroker

beforeEach(() => {
  world = wirelessBroker()
})

const publishAs = (topic: string, payload: string, qos: 0 | 1 = 1) =>
  world.broker.publish({ topic, payload: Buffer.from(payload), qos, source: { kind: 'service' } })
const payloads = (client: WirelessClient) => client.take('publish').map(({ payload }) => payload.toString())
const acknowledge = (client: WirelessClient, ...ids: (number | undefined)[]) => {
  for (const messageId of ids) client.send({ cmd: 'puback', messageId: messageId ?? 0 })
}

describe('SUBSCRIBE', () => {
  test('grants at most QoS 1', () => {
    const client = world.connect(world.device())
    const subscriptions = ([0, 1, 2] as const).map(qos => ({ topic: `a/${qos}`, qos }))
    client.send({ cmd: 'subscribe', messageId: 9, subscriptions })
    expect(client.take('suback')).toMatchObject([{ messageId: 9, granted: [0, 1, 1] }])
  })

  test.each([
    [4, 0x80, 0x80],
    [5, 0x87, 0x8f],
  ] as const)(
    'refuses a filter in MQTT %d and leaves the others alone',
    (protocolVersion, denied, invalid) => {
      const may = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource })
      const filter = 'arn:aws:iot:us-east-1:123456789012:topicfilter'
      const policy = [
        may('iot:Connect', '*'),
        may('iot:Receive', '*'),
        may('iot:Subscribe', `${filter}/mine/*`),
      ]
      const client = world.connect(world.device({ policy }), { protocolVersion })
      client.subscribe('mine/+', '#', 'mine/a#', '+/a')
      expect(client.take('suback')).toMatchObject([{ granted: [1, denied, invalid, denied] }])
      expect(client.isClosed()).toBe(false)
      for (const topic of ['mine/a', 'other/a']) publishAs(topic, topic)
      expect(payloads(client)).toEqual(['mine/a'])
    },
  )

  test('refuses shared subscriptions', () => {
    const client = world.connect(world.device(), { protocolVersion: 5 })
    client.subscribe('$share/group/a')
    expect(client.take('suback')).toMatchObject([{ granted: [0x9e] }])
  })

  test('with more than eight filters ends the connection', () => {
    const client = world.connect(world.device())
    const filters = Array.from({ length: 9 }, (_, index) => `a/${index}`)
    client.subscribe(...filters.slice(0, 8))
    expect(client.isClosed()).toBe(false)
    client.subscribe(...filters)
    expect(client.isClosed()).toBe(true)
  })

  test('refuses the fifty-first subscription, but not one that is there already', () => {
    const client = world.connect(world.device(), { protocolVersion: 5 })
    for (let count = 0; count < 50; count++) client.subscribe(`a/${count}`)
    client.take('suback')
    client.subscribe('a/50', 'a/0')
    expect(client.take('suback')).toMatchObject([{ granted: [0x97, 1] }])
  })

  test('is undone by UNSUBSCRIBE, which says in MQTT 5 what was not there', () => {
    const client = world.connect(world.device(), { protocolVersion: 5 })
    client.subscribe('a')
    client.send({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['a', 'b'] })
    expect(client.take('unsuback')).toMatchObject([{ messageId: 5, granted: [0, 0x11] }])
    publishAs('a', 'x')
    expect(payloads(client)).toEqual([])
  })

  test('in MQTT 5 may leave out what the client itself publishes', () => {
    const client = world.connect(world.device(), { protocolVersion: 5 })
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0, nl: true }] })
    client.publish('a', 'own')
    publishAs('a', 'other')
    expect(payloads(client)).toEqual(['other'])
  })
})

describe('QoS 1 to a client', () => {
  test('is sent again, marked as a duplicate, until it is acknowledged', () => {
    const client = world.connect(world.device(), { keepalive: 1200 })
    client.subscribe('a')
    publishAs('a', 'x')
    const [first] = client.take('publish')
    expect(first).toMatchObject({ qos: 1, dup: false })
    world.clock.advance(20_000)
    expect(client.take('publish')).toMatchObject([{ messageId: first?.messageId, dup: true }])
    acknowledge(client, first?.messageId)
    world.clock.advance(60_000)
    expect(client.take('publish')).toEqual([])
  })

  test('is given up after an hour', () => {
    const client = world.connect(world.device(), { keepalive: 1200 })
    client.subscribe('a')
    publishAs('a', 'x')
    for (let minutes = 0; minutes < 59; minutes++) {
      world.clock.advance(60_000)
      client.send({ cmd: 'pingreq' })
    }
    expect(client.take('publish').length).toBeGreaterThan(100)
    world.clock.advance(60_000)
    client.take('publish')
    world.clock.advance(60_000)
    expect(client.take('publish')).toEqual([])
  })

  test('is not sent again on the same connection in MQTT 5', () => {
    const client = world.connect(world.device(), { protocolVersion: 5 })
    client.subscribe('a')
    publishAs('a', 'x')
    expect(client.take('publish')).toHaveLength(1)
    world.clock.advance(60_000)
    expect(client.take('publish')).toEqual([])
  })

  test('is limited to what the client takes before it acknowledges', () => {
    const client = world.connect(world.device(), { protocolVersion: 5, properties: { receiveMaximum: 2 } })
    client.subscribe('a')
    for (const payload of ['1', '2', '3']) publishAs('a', payload)
    const sent = client.take('publish')
    expect(sent.map(({ payload }) => payload.toString())).toEqual(['1', '2'])
    acknowledge(client, sent[1]?.messageId)
    expect(payloads(client)).toEqual(['3'])
  })

  test('has at most a hundred messages in flight', () => {
    const client = world.connect(world.device())
    client.subscribe('a')
    for (let count = 0; count < 101; count++) publishAs('a', `${count}`)
    expect(client.take('publish')).toHaveLength(100)
    acknowledge(client, 1)
    expect(payloads(client)).toEqual(['100'])
  })

  test('that the client may not receive, or larger than it takes, is left out and blocks nothing', () => {
    const deny = { Effect: 'Deny', Action: 'iot:Receive', Resource: 'arn:aws:iot:*:*:topic/b' }
    const client = world.connect(world.device({ policy: [anything, deny] }), {
      protocolVersion: 5,
      properties: { maximumPacketSize: 100, receiveMaximum: 1 },
    })
    client.subscribe('b')
    publishAs('b', 'denied')
    client.subscribe('a')
    for (const qos of [0, 1] as const) {
      publishAs('a', 'x'.repeat(200), qos)
      publishAs('a', `small ${qos}`, qos)
    }
    expect(payloads(client)).toEqual(['small 0', 'small 1'])
  })
})

describe('QoS 0 to a client', () => {
  test('is discarded while the client does not read', () => {
    const client = world.connect(world.device())
    client.subscribe('a')
    client.unsentBytes = 9 * 1024 * 1024
    publishAs('a', 'lost', 0)
    client.unsentBytes = 0
    publishAs('a', 'seen', 0)
    expect(payloads(client)).toEqual(['seen'])
  })
})

describe('a persistent session', () => {
  test('keeps subscriptions and QoS 1 messages for a client that is away, and no QoS 0 ones', () => {
    const device = world.device()
    const first = world.connect(device, { clean: false })
    first.subscribe('a')
    publishAs('a', 'unacknowledged')
    first.send({ cmd: 'disconnect' })
    publishAs('a', 'while away')
    publishAs('a', 'not kept', 0)
    const second = world.connect(device, { clean: false })
    expect(second.take('connack')).toMatchObject([{ sessionPresent: true }])
    expect(second.take('publish').map(({ payload, dup }) => [payload.toString(), dup])).toEqual([
      ['unacknowledged', true],
      ['while away', false],
    ])
  })

  test('ends after an hour', () => {
    const device = world.device()
    const first = world.connect(device, { clean: false })
    first.subscribe('a')
    first.send({ cmd: 'disconnect' })
    world.clock.advance(3_600_000)
    const second = world.connect(device, { clean: false })
    expect(second.take('connack')).toMatchObject([{ sessionPresent: false }])
    publishAs('a', 'x')
    expect(payloads(second)).toEqual([])
  })

  test('of MQTT 5 lasts as long as the client asks, capped at an hour, which it is told', () => {
    const device = world.device()
    const connectFor = (sessionExpiryInterval: number) =>
      world.connect(device, { clean: false, protocolVersion: 5, properties: { sessionExpiryInterval } })
    const capped = connectFor(7200)
    expect(capped.take('connack')).toMatchObject([{ properties: { sessionExpiryInterval: 3600 } }])
    capped.send({ cmd: 'disconnect' })
    world.clock.advance(3_599_999)
    const short = connectFor(60)
    expect(short.take('connack')).toMatchObject([{ sessionPresent: true }])
    short.send({ cmd: 'disconnect' })
    world.clock.advance(60_000)
    expect(connectFor(60).take('connack')).toMatchObject([{ sessionPresent: false }])
  })

  test('of MQTT 5 may be ended by its DISCONNECT', () => {
    const device = world.device()
    const connect = { clean: false, protocolVersion: 5, properties: { sessionExpiryInterval: 60 } } as const
    world.connect(device, connect).send({ cmd: 'disconnect', properties: { sessionExpiryInterval: 0 } })
    expect(world.connect(device, connect).take('connack')).toMatchObject([{ sessionPresent: false }])
  })

  test('of MQTT 5 that was to end with its connection is not prolonged by its DISCONNECT', () => {
    const device = world.device()
    const connect = { clean: false, protocolVersion: 5 } as const
    world.connect(device, connect).send({ cmd: 'disconnect', properties: { sessionExpiryInterval: 60 } })
    expect(world.connect(device, connect).take('connack')).toMatchObject([{ sessionPresent: false }])
  })

  test('is forgotten by a clean start', () => {
    const device = world.device()
    world.connect(device, { clean: false }).subscribe('a')
    world.connect(device, { clean: true }).port.lost()
    expect(world.connect(device, { clean: false }).take('connack')).toMatchObject([{ sessionPresent: false }])
  })
})

describe('a will', () => {
  const will = { topic: 'gone/dev1', payload: Buffer.from('gone'), qos: 1, retain: false } as const
  let watcher: WirelessClient

  beforeEach(() => {
    watcher = world.connect(world.device(), { clientId: 'watcher' })
    watcher.subscribe('gone/#')
  })

  test('is published when the connection is lost, and not after a DISCONNECT', () => {
    const device = world.device()
    world.connect(device, { will }).send({ cmd: 'disconnect' })
    expect(payloads(watcher)).toEqual([])
    world.connect(device, { will }).port.lost()
    expect(payloads(watcher)).toEqual(['gone'])
  })

  test('is published by a DISCONNECT of MQTT 5 that asks for it', () => {
    const client = world.connect(world.device(), { will, protocolVersion: 5 })
    client.send({ cmd: 'disconnect', reasonCode: 0x04 })
    expect(payloads(watcher)).toEqual(['gone'])
  })

  test('is published only where the client may publish it', () => {
    const policy = { ...anything, Action: 'iot:Connect' }
    world.connect(world.device({ policy }), { will }).port.lost()
    expect(payloads(watcher)).toEqual([])
  })

  test('of MQTT 5 waits for its delay, and is not published if the client is back', () => {
    const device = world.device()
    const connect = {
      clean: false,
      protocolVersion: 5,
      will: { ...will, properties: { willDelayInterval: 10 } },
      properties: { sessionExpiryInterval: 60 },
    } as const
    world.connect(device, connect).port.lost()
    world.clock.advance(9_999)
    const back = world.connect(device, connect)
    world.clock.advance(10_000)
    expect(payloads(watcher)).toEqual([])
    back.port.lost()
    world.clock.advance(10_000)
    expect(payloads(watcher)).toEqual(['gone'])
  })

  test.each([
    ['QoS 2', { ...will, qos: 2 as const }],
    ['a wildcard', { ...will, topic: 'a/#' }],
    ['a payload of more than 128 KB', { ...will, payload: Buffer.alloc(128 * 1024 + 1) }],
  ])('with %s is refused at CONNECT', (_what, wrong) => {
    const client = world.connect(world.device(), { will: wrong, protocolVersion: 5 })
    expect(client.take('connack')).toMatchObject([{ reasonCode: 0x90 }])
    expect(client.isClosed()).toBe(true)
  })
})

describe('a packet of QoS 2, or one that only a server sends', () => {
  test.each(['pubrel', 'pubrec', 'pingresp'] as const)('such as %s ends the connection', cmd => {
    const client = world.connect(world.device(), { protocolVersion: 5 })
    client.send(cmd === 'pingresp' ? { cmd } : { cmd, messageId: 1 })
    expect(client.take('disconnect')).toMatchObject([{ reasonCode: 0x82 }])
    expect(client.isClosed()).toBe(true)
  })
})
