import fc from 'fast-check'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { wirelessBroker } from '../testing/wireless-broker.ts'
import { createPacketReader } from './packet-reader.ts'

const connect = (protocolVersion: 4 | 5): Packet => ({
  cmd: 'connect',
  clientId: 'dev1',
  protocolVersion,
  clean: true,
  keepalive: 60,
  will: { topic: 'gone', payload: Buffer.from('x'), qos: 1, retain: true },
  ...(protocolVersion === 5 && { properties: { sessionExpiryInterval: 60, userProperties: { a: 'b' } } }),
})

const others = (protocolVersion: 4 | 5): Packet[] => [
  { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a/+', qos: 1 }] },
  {
    cmd: 'publish',
    topic: 'a/b',
    payload: 'hello',
    qos: 1,
    messageId: 2,
    dup: false,
    retain: true,
    ...(protocolVersion === 5 && {
      properties: {
        topicAlias: 1,
        payloadFormatIndicator: true,
        messageExpiryInterval: 10,
        responseTopic: 'c',
        correlationData: Buffer.from('d'),
        userProperties: { e: ['f', 'g'] },
        contentType: 'h',
      },
    }),
  },
  { cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['a/+'] },
  { cmd: 'puback', messageId: 4 },
  { cmd: 'pingreq' },
  { cmd: 'disconnect' },
]

const bytesOf = (packets: Packet[], protocolVersion: 4 | 5) =>
  Buffer.concat(packets.map(packet => mqttPacket.generate(packet, { protocolVersion })))

describe('the packet reader', () => {
  test('finds the same packets however the bytes are cut', () => {
    const bytes = bytesOf([connect(4), ...others(4)], 4)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), cuts => {
        const commands: string[] = []
        const reader = createPacketReader(
          1000,
          packet => commands.push(packet.cmd),
          () => commands.push('malformed'),
        )
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        for (const [index, edge] of edges.entries()) reader.push(bytes.subarray(edges[index - 1] ?? 0, edge))
        expect(commands).toEqual([
          'connect',
          'subscribe',
          'publish',
          'unsubscribe',
          'puback',
          'pingreq',
          'disconnect',
        ])
      }),
    )
  })

  test('says once that a packet is too long, and reads nothing more', () => {
    const seen: string[] = []
    const reader = createPacketReader(
      100,
      packet => seen.push(packet.cmd),
      () => seen.push('malformed'),
    )
    reader.push(bytesOf([connect(4)], 4))
    reader.push(Buffer.concat([Buffer.from([0x30, 0xff, 0x7f]), Buffer.alloc(101)]))
    reader.push(bytesOf([{ cmd: 'pingreq' }], 4))
    expect(seen).toEqual(['connect', 'malformed'])
  })

  test.each([
    ['a topic that is longer than its packet', [0x30, 0x03, 0x00, 0x05, 0x61]],
    ['a length without an end', [0x30, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ])('says that %s is malformed, and does not read on in the packet behind it', (_what, bytes) => {
    const seen: string[] = []
    const reader = createPacketReader(
      1000,
      packet => seen.push(packet.cmd),
      () => seen.push('malformed'),
    )
    const behind = mqttPacket.generate({ cmd: 'puback', messageId: 0x6161 })
    reader.push(Buffer.concat([Buffer.from(bytes), behind, behind]))
    expect(seen).toEqual(['malformed'])
  })

  test.each([4, 5] as const)(
    'and the broker behind it survive any damage to the bytes of MQTT %d',
    version => {
      const whole = bytesOf([connect(version), ...others(version)], version)
      const damage = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }))
      const world = wirelessBroker()
      const watcher = world.connect(world.device(), {
        clientId: 'watcher',
        protocolVersion: 5,
        keepalive: 1200,
      })
      watcher.subscribe('#')
      const { certificateId } = world.device().certificate
      fc.assert(
        fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), changes => {
          const client = world.open(certificateId, version)
          if (client === undefined) throw new Error('The broker refused the certificate')
          const { port } = client
          const reader = createPacketReader(
            1000,
            packet => port.receive(packet),
            () => port.malformed(),
          )
          const damaged = Buffer.from(whole)
          for (const [at, value] of changes) damaged[at] = value
          reader.push(damaged)
          port.lost()
          watcher.received.length = 0
          expect([client.isClosed(), world.broker.connectedClientIds()]).toEqual([true, ['watcher']])
        }),
        { numRuns: 500 },
      )
      world.broker.stop()
      expect(world.clock.pendingTimers).toBe(0)
    },
  )
})
