import { beforeEach, describe, expect, test } from 'vitest'
import { anything } from '../testing/device-fleet.ts'
import { type WirelessBroker, wirelessBroker } from '../testing/wireless-broker.ts'

let world: WirelessBroker

beforeEach(() => {
  world = wirelessBroker()
})

describe('a certificate', () => {
  test('that the client did not show, or that is unknown, is refused without CONNACK', () => {
    expect(world.open(undefined)).toBeUndefined()
    expect(world.open('f'.repeat(64))).toBeUndefined()
  })

  test('that is not active is refused without CONNACK', () => {
    const { certificateId } = world.device().certificate
    for (const status of ['INACTIVE', 'REVOKED']) {
      world.registry.certificates.setStatus(certificateId, status, 0)
      expect(world.open(certificateId)).toBeUndefined()
    }
    world.registry.certificates.setStatus(certificateId, 'ACTIVE', 0)
    expect(world.open(certificateId)).toBeDefined()
  })

  test('that is not yet or no longer valid is refused', () => {
    const early = world.device({ now: world.clock.now() + 2000 }).certificate
    expect(world.open(early.certificateId)).toBeUndefined()
    world.clock.advance(1000)
    expect(world.open(early.certificateId)).toBeDefined()
    world.clock.advance(366 * 24 * 3600 * 1000)
    expect(world.open(early.certificateId)).toBeUndefined()
  })

  test('that was registered without its authority is refused where the client does not name the server', () => {
    const { certificate } = world.device()
    certificate.mode = 'SNI_ONLY'
    const wire = { write: () => undefined, close: () => undefined, unsentBytes: 0 }
    const { certificateId } = certificate
    const peer = { certificateId, serverName: undefined, ipAddress: '' }
    expect(world.broker.accept(peer, wire)).toBeUndefined()
    expect(world.broker.accept({ ...peer, serverName: 'localhost' }, wire)).toBeDefined()
  })

  test.each(['INACTIVE', 'REVOKED'])('that becomes %s costs its live connections, and no other', status => {
    const [device, other] = [world.device(), world.device()]
    const clients = ['dev1', 'dev2'].map(clientId => world.connect(device, { clientId }))
    const unharmed = world.connect(other, { clientId: 'dev3' })
    world.registry.certificates.setStatus(device.certificate.certificateId, status, 0)
    expect(clients.map(client => client.isClosed())).toEqual([true, true])
    expect(unharmed.isClosed()).toBe(false)
  })

  test('that is deleted costs its connections even if it was never seen inactive', () => {
    const device = world.device()
    const client = world.connect(device)
    const late = wirelessBroker({ deactivationDelayMs: 60_000 })
    const lateDevice = late.device()
    const lateClient = late.connect(lateDevice)
    for (const [each, { certificateId }] of [
      [world, device.certificate],
      [late, lateDevice.certificate],
    ] as const) {
      each.registry.certificates.setStatus(certificateId, 'INACTIVE', 0)
      each.registry.certificates.delete(certificateId)
    }
    expect([client.isClosed(), lateClient.isClosed()]).toEqual([true, false])
    late.clock.advance(60_000)
    expect(lateClient.isClosed()).toBe(true)
  })

  test('that is active again before the cut keeps its connections', () => {
    world = wirelessBroker({ deactivationDelayMs: 60_000 })
    const device = world.device()
    const client = world.connect(device)
    world.registry.certificates.setStatus(device.certificate.certificateId, 'INACTIVE', 0)
    world.registry.certificates.setStatus(device.certificate.certificateId, 'ACTIVE', 0)
    world.clock.advance(60_000)
    expect(client.isClosed()).toBe(false)
  })
})

describe('CONNECT', () => {
  test('is accepted in MQTT 3.1.1 and 5', () => {
    const device = world.device()
    expect(world.connect(device).take('connack')).toMatchObject([{ returnCode: 0, sessionPresent: false }])
    const five = world.connect(device, { protocolVersion: 5 })
    expect(five.take('connack')).toMatchObject([
      {
        reasonCode: 0,
        sessionPresent: false,
        properties: { maximumQoS: 1, topicAliasMaximum: 8, sharedSubscriptionAvailable: false },
      },
    ])
  })

  test('that the policy denies ends a 3.1.1 connection without CONNACK, and tells an MQTT 5 client why', () => {
    const policy = { ...anything, Resource: 'arn:aws:iot:us-east-1:123456789012:client/dev1' }
    const device = world.device({ policy })
    expect(world.connect(device, { clientId: 'dev1' }).isClosed()).toBe(false)
    const denied = world.connect(device, { clientId: 'dev10' })
    expect([denied.received, denied.isClosed()]).toEqual([[], true])
    const five = world.connect(device, { clientId: 'dev10', protocolVersion: 5 })
    expect(five.take('connack')).toMatchObject([{ reasonCode: 0x87 }])
    expect(five.isClosed()).toBe(true)
  })

  test('in another version of MQTT is refused with return code 1', () => {
    const client = world.connect(world.device(), { protocolVersion: 3, protocolId: 'MQIsdp' })
    expect(client.take('connack')).toMatchObject([{ returnCode: 1 }])
    expect(client.isClosed()).toBe(true)
  })

  test('with a client id of more than 128 bytes is refused', () => {
    const device = world.device()
    expect(world.connect(device, { clientId: 'x'.repeat(128) }).isClosed()).toBe(false)
    const four = world.connect(device, { clientId: 'x'.repeat(129) })
    expect(four.take('connack')).toMatchObject([{ returnCode: 2 }])
    const five = world.connect(device, { clientId: 'ä'.repeat(65), protocolVersion: 5 })
    expect(five.take('connack')).toMatchObject([{ reasonCode: 0x85 }])
    expect([four.isClosed(), five.isClosed()]).toEqual([true, true])
  })

  test('without a client id is refused in 3.1.1, and gets one in MQTT 5', () => {
    const device = world.device()
    expect(world.connect(device, { clientId: '' }).take('connack')).toMatchObject([{ returnCode: 2 }])
    const five = world.connect(device, { clientId: '', protocolVersion: 5 })
    const [connack] = five.take('connack')
    expect(world.broker.connectedClientIds()).toEqual([connack?.properties?.assignedClientIdentifier])
  })

  test('must come within ten seconds', () => {
    const client = world.open(world.device().certificate.certificateId)
    world.clock.advance(9_999)
    expect(client?.isClosed()).toBe(false)
    world.clock.advance(1)
    expect(client?.isClosed()).toBe(true)
  })

  test('must come first, and only once', () => {
    const device = world.device()
    const silent = world.open(device.certificate.certificateId)
    silent?.send({ cmd: 'pingreq' })
    expect(silent?.isClosed()).toBe(true)
    const twice = world.connect(device)
    twice.send({ cmd: 'connect', clientId: 'dev1', protocolVersion: 4 })
    expect(twice.isClosed()).toBe(true)
  })

  test('of a client id that is connected takes over, and tells an MQTT 5 client so', () => {
    const device = world.device()
    const first = world.connect(device, { protocolVersion: 5 })
    const second = world.connect(device)
    expect(first.take('disconnect')).toMatchObject([{ reasonCode: 0x8e }])
    expect([first.isClosed(), second.isClosed()]).toEqual([true, false])
    expect(world.broker.connectedClientIds()).toEqual(['dev1'])
  })
})

describe('keep-alive', () => {
  test('ends a silent connection after one and a half times its time, counted from the last packet', () => {
    const client = world.connect(world.device(), { keepalive: 60 })
    world.clock.advance(80_000)
    client.send({ cmd: 'pingreq' })
    expect(client.take('pingresp')).toHaveLength(1)
    world.clock.advance(89_999)
    expect(client.isClosed()).toBe(false)
    world.clock.advance(1)
    expect(client.isClosed()).toBe(true)
  })

  test.each([
    [0, 1200],
    [5, 30],
    [5000, 1200],
  ])('of %d seconds counts as %d, as an MQTT 5 client is told', (keepalive, seconds) => {
    const five = world.connect(world.device(), { keepalive, protocolVersion: 5 })
    expect(five.take('connack')).toMatchObject([{ properties: { serverKeepAlive: seconds } }])
    world.clock.advance(seconds * 1500 - 1)
    expect(five.isClosed()).toBe(false)
    world.clock.advance(1)
    expect(five.take('disconnect')).toMatchObject([{ reasonCode: 0x8d }])
    expect(five.isClosed()).toBe(true)
  })
})

describe('stopping', () => {
  test('ends all connections and leaves no timer', () => {
    const device = world.device()
    const client = world.connect(device, { clean: false })
    const unsaid = world.open(device.certificate.certificateId)
    expect(world.clock.pendingTimers).toBeGreaterThan(0)
    world.broker.stop()
    expect([client.isClosed(), unsaid?.isClosed()]).toEqual([true, true])
    expect(world.broker.connectedClientIds()).toEqual([])
    expect(world.clock.pendingTimers).toBe(0)
  })
})
