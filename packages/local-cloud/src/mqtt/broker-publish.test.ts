import { beforeEach, describe, expect, test } from 'vitest'
import { allow, anything } from '../testing/device-fleet.ts'
import { type WirelessBroker, wirelessBroker } from '../testing/wireless-broker.ts'
import type { Message, MqttSource } from './message-bus.ts'

let world: WirelessBroker
let heard: Message[]

beforeEach(() => {
  world = wirelessBroker()
  heard = []
  world.broker.listen(message => {
    if (!message.topic.startsWith('$aws/events/')) heard.push(message)
  })
})

const arn = (resource: string) => `arn:aws:iot:us-east-1:123456789012:${resource}`
const connectOnly = { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }

describe('a published message', () => {
  test('reaches every subscriber and every listener, with who sent it', () => {
    const device = world.device({ thingName: 'pump1' })
    const publisher = world.connect(device, { clientId: 'dev1' })
    const subscriber = world.connect(device, { clientId: 'dev2' })
    subscriber.subscribe('a/+')
    publisher.publish('a/b', 'hello')
    expect(subscriber.take('publish')).toMatchObject([
      { topic: 'a/b', payload: Buffer.from('hello'), qos: 0 },
    ])
    expect(publisher.take('publish')).toEqual([])
    expect(heard).toMatchObject([
      {
        topic: 'a/b',
        source: {
          kind: 'mqtt',
          clientId: 'dev1',
          thingName: 'pump1',
          certificateId: device.certificate.certificateId,
        },
      },
    ])
  })

  test('of a service reaches every subscriber', () => {
    const subscriber = world.connect(world.device())
    subscriber.subscribe('$aws/things/dev1/jobs/notify')
    const payload = Buffer.from('{}')
    world.broker.publish({
      topic: '$aws/things/dev1/jobs/notify',
      payload,
      qos: 1,
      source: { kind: 'service' },
    })
    expect(subscriber.take('publish')).toMatchObject([{ qos: 1, payload }])
  })

  test('of QoS 1 is acknowledged, and no listener hears it after it stopped', () => {
    const client = world.connect(world.device())
    const late: Message[] = []
    const stop = world.broker.listen(message => void late.push(message))
    client.publish('a', 'one', { qos: 1, messageId: 77 })
    stop()
    client.publish('a', 'two', { qos: 1, messageId: 78 })
    expect(client.take('puback').map(({ messageId }) => messageId)).toEqual([77, 78])
    expect(late.map(({ payload }) => payload.toString())).toEqual(['one'])
  })

  test.each([4, 5] as const)(
    'that the policy denies drops the connection and reaches nobody (MQTT %d)',
    version => {
      const policy = [
        connectOnly,
        { ...anything, Action: 'iot:Publish', Resource: arn('topic/mine/${iot:ClientId}') },
      ]
      const client = world.connect(world.device({ policy }), { clientId: 'dev1', protocolVersion: version })
      client.publish('mine/dev1', 'fine')
      expect(client.isClosed()).toBe(false)
      client.publish('mine/dev10', 'not mine', { qos: 1 })
      expect(client.take('puback')).toEqual([])
      expect(client.isClosed()).toBe(true)
      expect(client.take('disconnect').map(each => each.reasonCode)).toEqual(version === 5 ? [0x87] : [])
      expect(heard.map(({ topic }) => topic)).toEqual(['mine/dev1'])
    },
  )

  test('is denied from the moment the policy changes, on a live connection', () => {
    const device = world.device({ policy: connectOnly })
    const client = world.connect(device)
    const policyName = allow(world.registry, device.certificateArn, anything, 0)
    client.publish('a', 'allowed')
    world.registry.policies.detach(policyName, device.certificateArn, 0)
    client.publish('a', 'denied')
    expect(client.isClosed()).toBe(true)
    expect(heard).toHaveLength(1)
  })

  test('is delivered only to those who may receive it', () => {
    const may = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource })
    const policy = [
      connectOnly,
      may('iot:Subscribe', '*'),
      may('iot:Publish', '*'),
      may('iot:Receive', arn('topic/open/*')),
    ]
    const client = world.connect(world.device({ policy }))
    client.subscribe('#')
    for (const qos of [0, 1] as const) {
      client.publish('secret/a', 'no', { qos })
      client.publish('open/a', 'yes', { qos })
    }
    expect(client.take('publish').map(({ topic, qos }) => [topic, qos])).toEqual([
      ['open/a', 0],
      ['open/a', 1],
    ])
  })

  test('with QoS 2 ends the connection', () => {
    const client = world.connect(world.device(), { protocolVersion: 5 })
    client.publish('a', 'x', { qos: 2 })
    expect(client.take('disconnect')).toMatchObject([{ reasonCode: 0x9b }])
    expect(client.isClosed()).toBe(true)
    expect(heard).toEqual([])
  })

  test.each([
    ['a payload of more than 128 KB', 'a', 'x'.repeat(128 * 1024 + 1), 0x95],
    ['a topic of more than 256 bytes', 'a'.repeat(257), 'x', 0x90],
    ['a topic of more than seven slashes', 'a/b/c/d/e/f/g/h/i', 'x', 0x90],
    ['a wildcard in its topic', 'a/+', 'x', 0x90],
    ['an empty topic', '', 'x', 0x90],
    ['a topic of AWS that no service has', '$aws/things/dev1/moon', 'x', 0x90],
    ['a topic of the presence events', '$aws/events/presence/connected/dev2', 'x', 0x90],
    ['another topic that begins with $', '$own/a', 'x', 0x90],
  ])('with %s ends the connection', (_what, topic, payload, reasonCode) => {
    const client = world.connect(world.device(), { protocolVersion: 5 })
    client.publish(topic, payload)
    expect(client.take('disconnect')).toMatchObject([{ reasonCode }])
    expect(client.isClosed()).toBe(true)
    expect(heard).toEqual([])
  })

  test('of 128 KB passes', () => {
    world.connect(world.device()).publish('a', 'x'.repeat(128 * 1024))
    expect(heard).toHaveLength(1)
  })

  test('beyond a hundred a second, in and out, is discarded without an acknowledgement', () => {
    const client = world.connect(world.device())
    for (let messageId = 1; messageId <= 101; messageId++) client.publish('a', 'x', { qos: 1, messageId })
    expect(client.take('puback')).toHaveLength(100)
    expect(heard).toHaveLength(100)
    world.clock.advance(1000)
    client.publish('a', 'x', { qos: 1 })
    expect(client.take('puback')).toHaveLength(1)
    expect(client.isClosed()).toBe(false)
  })

  test('keeps its MQTT 5 properties, but the alias of its topic stays with the connection', () => {
    const device = world.device()
    const publisher = world.connect(device, { clientId: 'dev1', protocolVersion: 5 })
    const subscriber = world.connect(device, { clientId: 'dev2', protocolVersion: 5 })
    const old = world.connect(device, { clientId: 'dev3' })
    for (const each of [subscriber, old]) each.subscribe('a')
    const packet = { cmd: 'publish', payload: 'x', qos: 0, dup: false, retain: false } as const
    const properties = {
      responseTopic: 'answers',
      correlationData: Buffer.from('7'),
      contentType: 'text/plain',
    }
    publisher.send({ ...packet, topic: 'a', properties: { ...properties, topicAlias: 3 } })
    publisher.send({ ...packet, topic: '', properties: { topicAlias: 3 } })
    const [first, second] = subscriber.take('publish')
    expect(first?.properties).toEqual(properties)
    expect(second).toMatchObject({ topic: 'a' })
    expect(old.take('publish')).toHaveLength(2)
    publisher.send({ ...packet, topic: '', properties: { topicAlias: 4 } })
    expect(publisher.isClosed()).toBe(true)
  })

  test.each([0, 9])('with the topic alias %d ends the connection', topicAlias => {
    const client = world.connect(world.device(), { protocolVersion: 5 })
    const properties = { topicAlias }
    client.send({ cmd: 'publish', topic: 'a', payload: '', qos: 0, dup: false, retain: false, properties })
    expect(client.take('disconnect')).toMatchObject([{ reasonCode: 0x94 }])
  })
})

describe('a reserved family of topics', () => {
  let requests: (Message & { source: MqttSource })[]

  beforeEach(() => {
    requests = []
    world.broker.reserve({
      matches: topic => /^\$aws\/things\/[^/]+\/jobs\//.test(topic),
      receive: message => requests.push(message),
    })
  })

  const request = '$aws/things/dev1/jobs/get'

  test('goes to its service and to nobody else', () => {
    const client = world.connect(world.device())
    client.subscribe('$aws/things/dev1/jobs/#', '#')
    client.publish(request, '{}', { qos: 1 })
    expect(requests.map(({ topic }) => topic)).toEqual([request])
    expect(client.take('publish')).toEqual([])
    expect(client.take('puback')).toHaveLength(1)
    expect(heard).toEqual([])
  })

  test('is answered to the connection that asked, if it is subscribed to the answer', () => {
    const device = world.device()
    const [asker, watcher] = ['dev1', 'dev2'].map(clientId => world.connect(device, { clientId }))
    for (const each of [asker, watcher]) each?.subscribe(`${request}/accepted`)
    asker?.publish(request, '{}')
    const source = requests[0]?.source
    source?.reply(`${request}/accepted`, Buffer.from('{"a":1}'))
    source?.reply(`${request}/rejected`, Buffer.from('{}'))
    expect(asker?.take('publish')).toMatchObject([{ topic: `${request}/accepted`, qos: 1 }])
    expect(watcher?.take('publish')).toEqual([])
    expect(heard).toEqual([])
  })

  test('is not answered to a later connection of the same client', () => {
    const device = world.device()
    const first = world.connect(device, { clean: false })
    first.subscribe(`${request}/accepted`)
    first.publish(request, '{}')
    const second = world.connect(device, { clean: false })
    requests[0]?.source.reply(`${request}/accepted`, Buffer.from('{}'))
    expect(second.take('connack')).toMatchObject([{ sessionPresent: true }])
    expect(second.take('publish')).toEqual([])
  })

  test('needs the permission to publish, as every topic does', () => {
    const client = world.connect(world.device({ policy: connectOnly }))
    client.publish(request, '{}')
    expect(client.isClosed()).toBe(true)
    expect(requests).toEqual([])
  })
})

describe('a retained message', () => {
  test('is given to later subscribers, the last one of each topic, until it is removed', () => {
    const device = world.device()
    const publisher = world.connect(device, { clientId: 'dev1' })
    publisher.publish('state/a', 'old', { retain: true })
    publisher.publish('state/a', 'new', { retain: true })
    publisher.publish('state/b', 'gone', { retain: true })
    publisher.publish('state/b', '', { retain: true })
    const subscriber = world.connect(device, { clientId: 'dev2' })
    subscriber.subscribe('state/+', 'state/a')
    expect(
      subscriber.take('publish').map(({ topic, payload, retain }) => [topic, String(payload), retain]),
    ).toEqual([
      ['state/a', 'new', true],
      ['state/a', 'new', true],
    ])
    publisher.publish('state/a', 'live', { retain: true })
    expect(subscriber.take('publish')).toMatchObject([{ retain: false }])
  })

  test('needs a permission of its own', () => {
    const policy = [connectOnly, { ...anything, Action: 'iot:Publish' }]
    const client = world.connect(world.device({ policy }))
    client.publish('a', 'x')
    expect(client.isClosed()).toBe(false)
    client.publish('a', 'x', { retain: true })
    expect(client.isClosed()).toBe(true)
  })

  test('is given again as an MQTT 5 subscriber asks for it', () => {
    const device = world.device()
    world.connect(device, { clientId: 'dev1' }).publish('a', 'x', { retain: true })
    const five = world.connect(device, { clientId: 'dev2', protocolVersion: 5 })
    const got = (rh: number) => {
      five.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0, rh }] })
      return five.take('publish').length
    }
    expect([got(2), got(1), got(0)]).toEqual([0, 0, 1])
  })
})

describe('faults on the way of a message', () => {
  test('lose, delay and duplicate by client, topic and direction, and say that they struck', () => {
    const device = world.device()
    const publisher = world.connect(device, { clientId: 'dev1' })
    const subscriber = world.connect(device, { clientId: 'dev2' })
    subscriber.subscribe('#')
    let lost = 0
    const stop = world.broker.interfere(({ direction, topic, clientId }, deliver) => {
      if (direction === 'in' && topic === 'lose') lost += 1
      else if (direction === 'out' && clientId === 'dev2' && topic === 'twice')
        [deliver, deliver].forEach(each => each())
      else if (direction === 'in' && topic === 'late') world.clock.after(5000, deliver)
      else deliver()
    })
    for (const topic of ['lose', 'twice', 'late', 'plain']) publisher.publish(topic, 'x', { qos: 1 })
    const topics = () => subscriber.take('publish').map(({ topic }) => topic)
    expect(topics()).toEqual(['twice', 'twice', 'plain'])
    expect(publisher.take('puback')).toHaveLength(2)
    world.clock.advance(5000)
    expect(topics()).toEqual(['late'])
    stop()
    publisher.publish('lose', 'x')
    expect(topics()).toEqual(['lose'])
    expect(lost).toBe(1)
  })

  test('cut a connection', () => {
    const client = world.connect(world.device(), { clientId: 'dev1' })
    expect(world.broker.cut('dev1')).toBe(true)
    expect(client.isClosed()).toBe(true)
    expect(world.broker.cut('dev1')).toBe(false)
  })
})
