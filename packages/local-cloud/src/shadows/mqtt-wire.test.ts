import { describe, expect, test } from 'vitest'
import { BusDevice, drain } from '../testing/bus-device.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { RecordingBus } from '../testing/recording-bus.ts'
import { shadowsService } from './shadows-service.ts'

const named = '$aws/things/dev1/shadow/name/record'
const timestamp = Date.UTC(2026, 0, 1) / 1000

function setUp() {
  const clock = new ManualClock()
  const bus = new RecordingBus()
  const service = shadowsService({ clock, bus })
  const device = new BusDevice(bus, 'dev1')
  /** Publishes and answers what the service published for it. */
  const exchange = (topic: string, body: unknown) => {
    expect(device.publish(topic, body)).toEqual([])
    return drain(bus)
  }
  return { bus, service, device, exchange }
}

describe('updating a shadow by MQTT', () => {
  test('the accepted message holds only what the request named, with times, version and token', () => {
    const { exchange } = setUp()
    exchange(`${named}/update`, { state: { reported: { kept: 1 } } })
    const [accepted] = exchange(`${named}/update`, {
      state: { reported: { a: 1, gone: null } },
      clientToken: 'token-1',
    })
    expect(accepted).toEqual({
      topic: `${named}/update/accepted`,
      body: {
        state: { reported: { a: 1, gone: null } },
        metadata: { reported: { a: { timestamp } } },
        version: 2,
        timestamp,
        clientToken: 'token-1',
      },
    })
  })

  test('documents shows the whole shadow before and after, without previous at its first', () => {
    const { exchange } = setUp()
    const first = exchange(`${named}/update`, { state: { reported: { a: 1 } } })
    const one = { state: { reported: { a: 1 } }, metadata: { reported: { a: { timestamp } } }, version: 1 }
    expect(first.at(-1)).toEqual({ topic: `${named}/update/documents`, body: { current: one, timestamp } })
    const second = exchange(`${named}/update`, { state: { reported: { b: 2 } } })
    expect(second.at(-1)?.body).toEqual({
      previous: one,
      current: {
        state: { reported: { a: 1, b: 2 } },
        metadata: { reported: { a: { timestamp }, b: { timestamp } } },
        version: 2,
      },
      timestamp,
    })
  })

  test('delta is published while desired and reported differ, and only then', () => {
    const { exchange } = setUp()
    const topics = (messages: { topic: string }[]) => messages.map(({ topic }) => topic.slice(named.length))
    const desired = exchange(`${named}/update`, { state: { desired: { a: 1 } }, clientToken: 't' })
    expect(topics(desired)).toEqual(['/update/accepted', '/update/delta', '/update/documents'])
    expect(desired[1]?.body).toEqual({
      version: 1,
      timestamp,
      state: { a: 1 },
      metadata: { a: { timestamp } },
      clientToken: 't',
    })
    expect(topics(exchange(`${named}/update`, { state: { reported: { other: 1 } } }))).toContain(
      '/update/delta',
    )
    expect(topics(exchange(`${named}/update`, { state: { reported: { a: 1 } } }))).toEqual([
      '/update/accepted',
      '/update/documents',
    ])
  })

  test('a version conflict is rejected with 409 and the token', () => {
    const { exchange } = setUp()
    exchange(`${named}/update`, { state: { reported: { a: 1 } } })
    expect(
      exchange(`${named}/update`, { state: { reported: { a: 2 } }, version: 7, clientToken: 't' }),
    ).toEqual([
      {
        topic: `${named}/update/rejected`,
        body: { code: 409, message: 'Version conflict', timestamp, clientToken: 't' },
      },
    ])
  })

  test('garbage is rejected and the shadow stays as it was', () => {
    const { exchange, service } = setUp()
    exchange(`${named}/update`, { state: { reported: { a: 1 } } })
    for (const payload of ['', 'nonsense', '[]', '7', '{"state":7}', '\u0000'])
      expect(exchange(`${named}/update`, Buffer.from(payload))).toMatchObject([
        { topic: `${named}/update/rejected`, body: { code: 400 } },
      ])
    expect(service.shadows.get({ thingName: 'dev1', shadowName: 'record' }).version).toBe(1)
  })
})

describe('getting a shadow by MQTT', () => {
  test('the accepted message is the whole document with delta, metadata, version and time', () => {
    const { exchange } = setUp()
    exchange(`${named}/update`, { state: { desired: { a: 2 }, reported: { a: 1 } } })
    expect(exchange(`${named}/get`, { clientToken: 't' })).toEqual([
      {
        topic: `${named}/get/accepted`,
        body: {
          state: { desired: { a: 2 }, reported: { a: 1 }, delta: { a: 2 } },
          metadata: {
            desired: { a: { timestamp } },
            reported: { a: { timestamp } },
            delta: { a: { timestamp } },
          },
          version: 1,
          timestamp,
          clientToken: 't',
        },
      },
    ])
  })

  test('an empty body is a request', () => {
    const { exchange } = setUp()
    exchange('$aws/things/dev1/shadow/update', { state: { reported: { a: 1 } } })
    expect(exchange('$aws/things/dev1/shadow/get', Buffer.alloc(0))).toMatchObject([
      { topic: '$aws/things/dev1/shadow/get/accepted', body: { version: 1 } },
    ])
  })

  test('a missing named shadow is rejected with 404 and the text of AWS', () => {
    const { exchange } = setUp()
    expect(exchange(`${named}/get`, { clientToken: 't' })).toEqual([
      {
        topic: `${named}/get/rejected`,
        body: {
          code: 404,
          message: "No shadow exists with name: 'dev1~record'",
          timestamp,
          clientToken: 't',
        },
      },
    ])
  })
})

describe('deleting a shadow by MQTT', () => {
  test('the accepted message tells the deleted version; the next shadow continues it', () => {
    const { exchange } = setUp()
    exchange(`${named}/update`, { state: { reported: { a: 1 } } })
    expect(exchange(`${named}/delete`, { clientToken: 't' })).toEqual([
      { topic: `${named}/delete/accepted`, body: { version: 1, timestamp, clientToken: 't' } },
    ])
    expect(exchange(`${named}/update`, { state: { reported: { a: 1 } } })[0]?.body).toMatchObject({
      version: 2,
    })
  })

  test('the content of the message is ignored', () => {
    const { exchange } = setUp()
    exchange(`${named}/update`, { state: { reported: { a: 1 } } })
    expect(exchange(`${named}/delete`, Buffer.from('whatever'))).toMatchObject([
      { topic: `${named}/delete/accepted` },
    ])
  })

  test('a missing shadow is rejected with 404', () => {
    const { exchange } = setUp()
    expect(exchange(`${named}/delete`, Buffer.alloc(0))).toMatchObject([
      { topic: `${named}/delete/rejected`, body: { code: 404 } },
    ])
  })
})

test('only requests of the shadow service are reserved, not its answers', () => {
  const { bus } = setUp()
  const reserved = (topic: string) => bus.reserved.some(family => family.matches(topic))
  expect(reserved('$aws/things/dev1/shadow/get')).toBe(true)
  expect(reserved('$aws/things/dev1/shadow/name/a/delete')).toBe(true)
  expect(reserved('$aws/things/dev1/shadow/get/accepted')).toBe(false)
  expect(reserved('$aws/things/dev1/shadow/name/a/b/get')).toBe(false)
  expect(reserved('things/dev1/shadow/get')).toBe(false)
})

test('a lost answer leaves the update in place and is counted', () => {
  const { exchange, service } = setUp()
  const fault = service.faults.lose(/\/update\/accepted$/, 1)
  const messages = exchange(`${named}/update`, { state: { reported: { a: 1 } } })
  expect(messages.map(({ topic }) => topic)).toEqual([`${named}/update/documents`])
  expect(fault.fired).toBe(1)
  expect(service.shadows.get({ thingName: 'dev1', shadowName: 'record' }).version).toBe(1)
})
