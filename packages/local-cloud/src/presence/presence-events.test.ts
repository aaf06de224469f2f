import { beforeEach, describe, expect, test } from 'vitest'
import { anything } from '../testing/device-fleet.ts'
import { type WirelessBroker, type WirelessClient, wirelessBroker } from '../testing/wireless-broker.ts'

let world: WirelessBroker
let watcher: WirelessClient

beforeEach(() => {
  world = wirelessBroker()
  watcher = world.connect(world.device(), { clientId: 'watcher', keepalive: 1200 })
  watcher.subscribe('$aws/events/#')
  watcher.take('publish')
})

function events(): [topic: string, event: unknown][] {
  return watcher
    .take('publish')
    .map(({ topic, payload }) => [topic, JSON.parse(payload.toString()) as unknown])
}

const ofPresence = () => events().filter(([topic]) => topic.startsWith('$aws/events/presence/disconnected'))

describe('a presence event', () => {
  test('tells of a connection and its end, with the exclusive thing and the certificate', () => {
    const device = world.device({ thingName: 'pump1' })
    const client = world.connect(device, { clientId: 'dev1' })
    const base = {
      clientId: 'dev1',
      thingName: 'pump1',
      principalIdentifier: device.certificate.certificateId,
      sessionIdentifier: expect.any(String),
      timestamp: world.clock.now(),
    }
    expect(events()).toEqual([
      [
        '$aws/events/presence/connected/dev1',
        { ...base, eventType: 'connected', versionNumber: 0, ipAddress: '10.0.0.1' },
      ],
    ])
    client.send({ cmd: 'disconnect' })
    expect(events()).toEqual([
      [
        '$aws/events/presence/disconnected/dev1',
        {
          ...base,
          eventType: 'disconnected',
          versionNumber: 0,
          clientInitiatedDisconnect: true,
          disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
        },
      ],
    ])
  })

  test('names no thing where the certificate is not exclusive, and counts the connections of a client', () => {
    const device = world.device({ thingName: 'dev1', type: 'NON_EXCLUSIVE_THING' })
    world.connect(device, { clientId: 'dev1' }).port.lost()
    events()
    world.connect(device, { clientId: 'dev1' })
    const [[, event] = []] = events()
    expect(event).toMatchObject({ versionNumber: 1 })
    expect(event).not.toHaveProperty('thingName')
  })

  test.each<[string, (client: WirelessClient) => void]>([
    ['CONNECTION_LOST', client => client.port.lost()],
    ['CLIENT_ERROR', client => client.port.malformed()],
    ['MQTT_KEEP_ALIVE_TIMEOUT', () => world.clock.advance(90_000)],
    ['DUPLICATE_CLIENTID', () => void world.connect(world.device(), { clientId: 'dev1' })],
    ['AUTH_ERROR', client => client.publish('denied', 'x')],
    ['FORBIDDEN_ACCESS', client => client.publish('$aws/moon', 'x')],
  ])('gives %s as the reason', (disconnectReason, end) => {
    const deny = { Effect: 'Deny', Action: 'iot:Publish', Resource: 'arn:aws:iot:*:*:topic/denied' }
    const client = world.connect(world.device({ policy: [anything, deny] }), { clientId: 'dev1' })
    end(client)
    expect(ofPresence()).toEqual([
      [
        '$aws/events/presence/disconnected/dev1',
        expect.objectContaining({ disconnectReason, clientInitiatedDisconnect: false }),
      ],
    ])
  })

  test('gives AUTH_ERROR where the certificate became inactive', () => {
    const device = world.device()
    world.connect(device, { clientId: 'dev1' })
    world.registry.certificates.setStatus(device.certificate.certificateId, 'INACTIVE', 0)
    expect(ofPresence()).toMatchObject([[expect.any(String), { disconnectReason: 'AUTH_ERROR' }]])
  })

  test('tells of a connection that the policy denied', () => {
    const device = world.device({ policy: { ...anything, Effect: 'Deny' } })
    world.connect(device, { clientId: 'dev1' })
    expect(events()).toEqual([
      [
        '$aws/events/presence/connect_failed/dev1',
        {
          clientId: 'dev1',
          eventType: 'connect_failed',
          principalIdentifier: device.certificate.certificateId,
          ipAddress: '10.0.0.1',
          connectFailureReason: 'AUTHORIZATION_FAILED',
          timestamp: world.clock.now(),
        },
      ],
    ])
  })

  test('tells of subscriptions made and ended, and not of those refused', () => {
    const client = world.connect(world.device(), { clientId: 'dev1' })
    client.subscribe('a', 'b/#', 'c#')
    client.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['a'] })
    client.subscribe('c#')
    expect(events().slice(1)).toMatchObject([
      ['$aws/events/subscriptions/subscribed/dev1', { eventType: 'subscribed', topics: ['a', 'b/#'] }],
      ['$aws/events/subscriptions/unsubscribed/dev1', { eventType: 'unsubscribed', topics: ['a'] }],
    ])
  })
})
