import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ThingName, thingNameSchema } from '@rotator/protocol/ids'
import mqttPacket from 'mqtt-packet'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeFileSystem } from '../identities/files/node-file-system.ts'
import { type FakeEndpoint, startFakeEndpoint, startRawServer } from '../testing/fake-endpoint.ts'
import { startFakeProxy } from '../testing/fake-proxy.ts'
import { FakeTimers } from '../testing/fake-timers.ts'
import { selfSigned } from '../testing/self-signed.ts'
import { TestAuthority, type TestIdentity } from '../testing/test-authority.ts'
import { systemTimers, type Timers } from '../timers.ts'
import { attempt } from './attempt.ts'
import type { Attempt } from './finding.ts'

const thing = v.parse(thingNameSchema, 'thing')
const authority = new TestAuthority()
let root: string
let identity: TestIdentity
let stops: (() => Promise<void>)[]

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'probe-'))
  mkdirSync(join(root, 'config'))
  stops = []
  identity = await authority.identity()
  writeFileSync(join(root, 'c.pem'), identity.certificatePem)
  writeFileSync(join(root, 'k.pem'), identity.keyPem)
})

afterEach(async () => {
  for (const stop of stops) await stop()
  rmSync(root, { recursive: true })
})

function stopped<T extends { stop(): Promise<void> }>(started: T): T {
  stops.push(async () => started.stop())
  return started
}

const accept = mqttPacket.generate({ cmd: 'connack', returnCode: 0, sessionPresent: false })
const endpoint = async (...args: Parameters<typeof startFakeEndpoint>): Promise<FakeEndpoint> =>
  stopped(await startFakeEndpoint(...args))
const acceptingEndpoint = async (): Promise<FakeEndpoint> => endpoint(socket => socket.write(accept))

/** Configures the nucleus with that endpoint, and more. */
function configure(
  { port, rootCa }: { port: number; rootCa?: string },
  more: Record<string, unknown> = {},
): void {
  if (rootCa !== undefined) writeFileSync(join(root, 'ca.pem'), rootCa)
  const nucleus = ['services', 'aws.greengrass.Nucleus', 'configuration']
  const settings: [string[], unknown][] = [
    [['system', 'rootCaPath'], rootCa === undefined ? '' : join(root, 'ca.pem')],
    [[...nucleus, 'iotDataEndpoint'], 'localhost'],
    [[...nucleus, 'mqtt', 'port'], port],
    ...Object.entries(more).map(([path, value]): [string[], unknown] => [
      [...nucleus, ...path.split('.')],
      value,
    ]),
  ]
  const lines = settings.map(([TP, V]) => `${JSON.stringify({ TS: 1, TP, W: 'changed', V })}\n`)
  writeFileSync(join(root, 'config', 'config.tlog'), lines.join(''))
}

const tryCurrent = async (timers: Timers = systemTimers, thingName: ThingName = thing): Promise<Attempt> =>
  attempt(nodeFileSystem, timers, {
    root,
    thingName,
    paths: { certificatePath: join(root, 'c.pem'), keyPath: join(root, 'k.pem') },
    slot: 'current',
  })

describe('the data endpoint', () => {
  test('accepts: it was shown the certificate and a client id beside that of Greengrass, and heard the end', async () => {
    const parting = Promise.withResolvers<Buffer>()
    const server = await endpoint(socket => {
      socket.write(accept)
      socket.once('data', parting.resolve)
    })
    configure(server)
    expect(await tryCurrent()).toEqual({ mqtt: { outcome: 'accepted', why: expect.any(String) } })
    const [visitor] = server.visitors
    expect(visitor?.certificateId).toBe(identity.certificateId)
    const packets: unknown[] = []
    const parser = mqttPacket.parser()
    parser.on('packet', packet => packets.push(packet))
    parser.parse(Buffer.concat([visitor?.said ?? Buffer.of(), await parting.promise]))
    expect(packets).toMatchObject([
      { cmd: 'connect', clientId: 'thing#certificate-probe' },
      { cmd: 'disconnect' },
    ])
  })

  test('accepts in pieces', async () => {
    configure(
      await endpoint(socket => {
        socket.write(accept.subarray(0, 1), () => setImmediate(() => socket.write(accept.subarray(1))))
      }),
    )
    expect((await tryCurrent()).mqtt.outcome).toBe('accepted')
  })

  test.each([
    [4, 'refused'],
    [5, 'refused'],
    [7, 'refused'],
    [1, 'unreachable'],
    [2, 'unreachable'],
    [3, 'unreachable'],
  ])('D7: answers with the return code %i, which is %s', async (returnCode, outcome) => {
    configure(await endpoint(socket => socket.write(Buffer.of(0x20, 2, 0, returnCode))))
    expect((await tryCurrent()).mqtt).toEqual({ outcome, why: expect.stringContaining(`${returnCode}`) })
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'D7: hangs up after CONNECT without a word, over %s, which is how AWS IoT refuses',
    async maxVersion => {
      configure(await endpoint(socket => socket.destroySoon(), { maxVersion }))
      expect((await tryCurrent()).mqtt).toMatchObject({ outcome: 'refused' })
      configure(await endpoint(socket => socket.destroy(), { maxVersion }))
      expect((await tryCurrent()).mqtt).toMatchObject({ outcome: 'refused' })
    },
  )

  test('D7: hangs up as soon as the handshake is over, which is how a server refuses with TLS 1.3', async () => {
    const server = await endpoint(() => {}, {
      rejectUnauthorized: true,
      ca: identity.certificatePem,
      minVersion: 'TLSv1.3',
    })
    configure(server)
    expect((await tryCurrent()).mqtt).toMatchObject({ outcome: 'refused' })
    expect(server.visitors).toEqual([])
  })

  test('D7: hangs up in the middle of the handshake, after it was shown the certificate', async () => {
    const server = await endpoint(() => {}, { maxVersion: 'TLSv1.2' })
    const cutting = stopped(
      await startRawServer(client => {
        const there = connect(server.port, '127.0.0.1')
        there.on('error', () => {})
        client.pipe(there)
        there.once('data', first => {
          client.write(first)
          client.unpipe(there)
          client.once('data', () => client.destroy()).resume()
        })
      }),
    )
    configure({ port: cutting.port, rootCa: server.rootCa })
    expect((await tryCurrent()).mqtt.outcome).toBe('refused')
  })

  test('D7: ends TLS with an alert about the certificate', async () => {
    const badCertificate = Buffer.of(21, 3, 3, 0, 2, 2, 42)
    const server = stopped(
      await startRawServer(socket => socket.once('data', () => socket.end(badCertificate))),
    )
    configure(server)
    expect((await tryCurrent()).mqtt).toEqual({
      outcome: 'refused',
      why: 'the endpoint ended TLS with the alert bad certificate',
    })
  })

  test('is unreachable where it hangs up before it has said anything', async () => {
    configure(stopped(await startRawServer(socket => socket.destroy())))
    expect((await tryCurrent()).mqtt.outcome).toBe('unreachable')
  })

  test('is unreachable where nobody listens, and where its name is none', async () => {
    const gone = await startRawServer(() => {})
    await gone.stop()
    configure(gone)
    expect((await tryCurrent()).mqtt).toMatchObject({
      outcome: 'unreachable',
      why: expect.stringContaining('ECONNREFUSED'),
    })
    configure(gone, { iotDataEndpoint: 'no-such-host.invalid' })
    expect((await tryCurrent()).mqtt.outcome).toBe('unreachable')
  })

  test('is unreachable where it is not the one that the device trusts', async () => {
    configure({ ...(await acceptingEndpoint()), rootCa: (await selfSigned()).cert })
    expect((await tryCurrent()).mqtt.outcome).toBe('unreachable')
    const { port } = await acceptingEndpoint()
    configure({ port })
    expect((await tryCurrent()).mqtt.outcome).toBe('unreachable')
  })

  test('is unreachable where it speaks something else', async () => {
    configure(await endpoint(socket => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')))
    expect((await tryCurrent()).mqtt).toMatchObject({
      outcome: 'unreachable',
      why: expect.stringContaining('no MQTT'),
    })
  })

  test.each([
    [
      'in the handshake',
      async (reached: () => void) => startRawServer(socket => socket.once('data', reached)),
    ],
    ['after CONNECT', async (reached: () => void) => startFakeEndpoint(reached)],
  ])('D4: is unreachable where it falls silent %s', async (_stage, start) => {
    const reached = Promise.withResolvers<void>()
    configure(stopped(await start(reached.resolve)))
    const timers = new FakeTimers()
    const tried = tryCurrent(timers)
    await reached.promise
    timers.advance(15_000)
    expect((await tried).mqtt).toEqual({ outcome: 'unreachable', why: 'there was no answer in time' })
    expect(timers.pending()).toEqual([])
  })

  test('D4: is unreachable where even the connection does not come about in time', async () => {
    // An address that is kept for documents (RFC 5737) answers nobody.
    configure({ port: 8883 }, { iotDataEndpoint: '192.0.2.1' })
    const timers = new FakeTimers()
    const tried = tryCurrent(timers)
    timers.advance(15_000)
    expect((await tried).mqtt.outcome).toBe('unreachable')
  })
})

describe('the credential endpoint', () => {
  const both = async (answer: string | undefined) => {
    const server = await endpoint((socket, said) => {
      if (said.readUInt8() === 0x10) socket.write(accept)
      else if (answer === undefined) socket.destroy()
      else socket.write(answer)
    })
    configure(server, { iotCredEndpoint: `localhost:${server.port}`, iotRoleAlias: 'Core Role' })
    return { server, tried: await tryCurrent() }
  }

  test('is asked for the role alias in the name of the thing, once MQTT has accepted', async () => {
    const { server, tried } = await both('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')
    expect(tried).toMatchObject({ mqtt: { outcome: 'accepted' }, credentials: { outcome: 'accepted' } })
    const [, asked] = server.visitors
    expect(asked?.certificateId).toBe(identity.certificateId)
    expect(String(asked?.said)).toMatch(/^GET \/role-aliases\/Core%20Role\/credentials HTTP\/1\.1\r\n/u)
    expect(String(asked?.said)).toMatch(/\r\nx-amzn-iot-thingname: thing\r\n/u)
  })

  test.each([
    ['403 Forbidden', 'refused'],
    ['401 Unauthorized', 'refused'],
    ['404 Not Found', 'refused'],
    ['429 Too Many Requests', 'unreachable'],
    ['500 Internal Server Error', 'unreachable'],
  ])('D7: answers %s, which is %s', async (status, outcome) => {
    const { tried } = await both(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`)
    expect(tried.credentials).toEqual({ outcome, why: expect.stringContaining(status.slice(0, 3)) })
  })

  test('D4: falls silent, which says nothing', async () => {
    const reached = Promise.withResolvers<void>()
    const server = await endpoint((socket, said) => {
      if (said.readUInt8() === 0x10) socket.write(accept)
      else reached.resolve()
    })
    configure(server, { iotCredEndpoint: `localhost:${server.port}`, iotRoleAlias: 'Role' })
    const timers = new FakeTimers()
    const tried = tryCurrent(timers)
    await reached.promise
    timers.advance(15_000)
    expect((await tried).credentials).toEqual({
      outcome: 'unreachable',
      why: 'there was no answer in time',
    })
  })

  test('D7: hangs up, which is a refusal', async () => {
    expect((await both(undefined)).tried.credentials).toMatchObject({ outcome: 'refused' })
  })

  test('is at port 443 where the setting names none, and not asked where MQTT has refused', async () => {
    configure(await acceptingEndpoint(), { iotCredEndpoint: 'no-such-host.invalid', iotRoleAlias: 'Role' })
    expect(await tryCurrent()).toMatchObject({
      mqtt: { outcome: 'accepted' },
      credentials: { outcome: 'unreachable' },
    })
    configure(await endpoint(socket => socket.destroy()), {
      iotCredEndpoint: 'localhost',
      iotRoleAlias: 'Role',
    })
    expect(Object.keys(await tryCurrent())).toEqual(['mqtt'])
  })
})

describe('the way', () => {
  test('leads through the proxy with its user, to port 443 with ALPN', async () => {
    const server = await acceptingEndpoint()
    const proxy = stopped(await startFakeProxy(server))
    configure(
      { ...server, port: 443 },
      {
        'networkProxy.proxy.url': `http://127.0.0.1:${proxy.port}`,
        'networkProxy.proxy.username': 'me',
        'networkProxy.proxy.password': 'sesame',
      },
    )
    expect(await tryCurrent()).toMatchObject({ mqtt: { outcome: 'accepted' } })
    expect(proxy.asked).toEqual([
      { authority: 'localhost:443', authorization: `Basic ${Buffer.from('me:sesame').toString('base64')}` },
    ])
  })

  test('offers ALPN as the nucleus does', async () => {
    const server = await endpoint(socket => socket.write(accept), { ALPNProtocols: ['x-amzn-mqtt-ca'] })
    configure(server)
    expect(await tryCurrent()).toMatchObject({ mqtt: { outcome: 'accepted' } })
    expect(server.visitors).toMatchObject([{ protocol: 'x-amzn-mqtt-ca' }])
  })

  test('leads through a proxy that speaks TLS itself and is trusted by the same root CA', async () => {
    const server = await acceptingEndpoint()
    const shown = await selfSigned('proxy')
    const proxy = stopped(await startFakeProxy(server, shown))
    configure(
      { ...server, rootCa: server.rootCa + shown.cert },
      { 'networkProxy.proxy.url': `https://localhost:${proxy.port}` },
    )
    expect(await tryCurrent()).toMatchObject({ mqtt: { outcome: 'accepted' } })
    expect(proxy.asked).toEqual([{ authority: `localhost:${server.port}`, authorization: undefined }])
  })

  test.each([407, 403, 502])(
    'ends at a proxy that answers %i: nothing is learnt of the identity',
    async status => {
      const proxy = stopped(await startFakeProxy({ status }))
      configure(await acceptingEndpoint(), {
        'networkProxy.proxy.url': `http://me:sesame@127.0.0.1:${proxy.port}`,
      })
      const { mqtt } = await tryCurrent()
      expect(mqtt).toEqual({
        outcome: 'unreachable',
        why: `the proxy 127.0.0.1:${proxy.port} answered ${status}`,
      })
      expect(proxy.asked).toHaveLength(1)
    },
  )

  test('D4: ends where the endpoint behind the proxy falls silent', async () => {
    const reached = Promise.withResolvers<void>()
    const server = await endpoint(() => reached.resolve())
    const proxy = stopped(await startFakeProxy(server))
    configure(server, { 'networkProxy.proxy.url': `http://127.0.0.1:${proxy.port}` })
    const timers = new FakeTimers()
    const tried = tryCurrent(timers)
    await reached.promise
    timers.advance(15_000)
    expect((await tried).mqtt).toEqual({ outcome: 'unreachable', why: 'there was no answer in time' })
  })

  test('ends where the proxy is not there', async () => {
    const proxy = await startFakeProxy({ status: 500 })
    await proxy.stop()
    configure(await acceptingEndpoint(), { 'networkProxy.proxy.url': `http://127.0.0.1:${proxy.port}` })
    expect((await tryCurrent()).mqtt.outcome).toBe('unreachable')
  })

  test('leaves the proxy out for a host that is an exception', async () => {
    const proxy = stopped(await startFakeProxy({ status: 500 }))
    configure(await acceptingEndpoint(), {
      'networkProxy.proxy.url': `http://127.0.0.1:${proxy.port}`,
      'networkProxy.noProxyAddresses': 'example\\.com,local.*',
    })
    expect((await tryCurrent()).mqtt.outcome).toBe('accepted')
    expect(proxy.asked).toEqual([])
  })
})

describe('where nothing can be tried', () => {
  test('a nucleus without an endpoint makes it impossible', async () => {
    expect(await tryCurrent()).toEqual({
      mqtt: { outcome: 'impossible', why: expect.stringContaining('no iotDataEndpoint') },
    })
  })

  test('a name that leaves no room for a second client id makes it impossible', async () => {
    configure({ port: 1 })
    const longName = v.parse(thingNameSchema, 'x'.repeat(111))
    expect((await tryCurrent(systemTimers, longName)).mqtt.outcome).toBe('impossible')
  })

  test.each([
    ['is missing', async () => rmSync(join(root, 'k.pem')), 'ENOENT'],
    ['is no key', async () => writeFileSync(join(root, 'k.pem'), 'garbage'), 'cannot be loaded'],
    [
      "is another certificate's",
      async () => writeFileSync(join(root, 'k.pem'), (await authority.identity()).keyPem),
      'cannot be loaded',
    ],
  ])('a key that %s makes it impossible', async (_how, spoil, why) => {
    configure({ port: 1 })
    await spoil()
    expect((await tryCurrent()).mqtt).toEqual({ outcome: 'impossible', why: expect.stringContaining(why) })
  })

  test('a root CA that cannot be read keeps Greengrass away too, so it is waited for', async () => {
    configure({ port: 1, rootCa: 'x' })
    rmSync(join(root, 'ca.pem'))
    expect((await tryCurrent()).mqtt).toMatchObject({
      outcome: 'unreachable',
      why: expect.stringContaining('ENOENT'),
    })
  })

  test('a slot without an identity makes it impossible', async () => {
    configure({ port: 1 })
    for (const slot of ['pending', 'previous'] as const) {
      const paths = { certificatePath: join(root, 'c.pem'), keyPath: join(root, 'k.pem') }
      const tried = await attempt(nodeFileSystem, systemTimers, { root, thingName: thing, paths, slot })
      expect(tried.mqtt).toEqual({ outcome: 'impossible', why: `There is no ${slot} identity.` })
    }
  })
})
