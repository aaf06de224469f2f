import { once } from 'node:events'
import { connect } from 'node:tls'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anything, type EnrolledDevice, enrol } from '../testing/device-fleet.ts'
import { type FrontDoor, startFrontDoor } from '../testing/front-door.ts'
import { connectRaw, type RawClientOptions } from '../testing/raw-mqtt-client.ts'

let door: FrontDoor
let clientIds = 0

beforeAll(async () => {
  door = await startFrontDoor()
})

afterAll(() => door.stop())

const newDevice = (policy: object = anything) => enrol(door.registry, { policy, now: Date.now() })
const tlsOf = (device: EnrolledDevice | undefined) => ({
  port: door.mqttPort,
  ca: door.rootCa,
  ...(device !== undefined && { cert: device.certificate.certificatePem, key: device.privateKeyPem }),
})
const raw = (device: EnrolledDevice | undefined, options: RawClientOptions = {}) =>
  connectRaw({ ...tlsOf(device), ...options })
const connectPacket = (clientId = `raw-${++clientIds}`): Packet => ({
  cmd: 'connect',
  clientId,
  protocolVersion: 4,
  clean: true,
  keepalive: 60,
})

async function mqttClient(device: EnrolledDevice, options: IClientOptions = {}): Promise<MqttClient> {
  const client = mqtt.connect({
    protocol: 'mqtts',
    host: 'localhost',
    ...tlsOf(device),
    clientId: `mqtt-${++clientIds}`,
    reconnectPeriod: 0,
    ...options,
  })
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
  })
  return client
}

describe('the TLS listener', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s', async version => {
    const client = await raw(newDevice(), { minVersion: version, maxVersion: version })
    expect(client.tlsVersion).toBe(version)
    client.send(connectPacket())
    expect(await client.next('connack')).toMatchObject({ returnCode: 0 })
    client.destroy()
  })

  test('does not speak TLS 1.1', async () => {
    await expect(
      raw(newDevice(), { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow()
  })

  test('takes the ALPN protocol of port 443', async () => {
    const client = await raw(newDevice(), { ALPNProtocols: ['x-amzn-mqtt-ca'] })
    expect(client.alpnProtocol).toBe('x-amzn-mqtt-ca')
    client.destroy()
  })

  test('speaks MQTT at the port of the web API too, to whoever asks for it by ALPN', async () => {
    const device = newDevice()
    const client = await raw(device, { port: door.httpsPort, ALPNProtocols: ['x-amzn-mqtt-ca'] })
    client.send(connectPacket('at-443'))
    expect(await client.next('connack')).toMatchObject({ returnCode: 0 })
    expect(door.broker.connectedClientIds()).toContain('at-443')
    client.destroy()
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'closes on an unknown, an inactive and a missing certificate without a CONNACK (%s)',
    async version => {
      const inactive = newDevice()
      door.registry.certificates.setStatus(inactive.certificate.certificateId, 'INACTIVE', Date.now())
      const unknown = newDevice()
      door.registry.certificates.setStatus(unknown.certificate.certificateId, 'INACTIVE', Date.now())
      door.registry.certificates.delete(unknown.certificate.certificateId)
      for (const device of [inactive, unknown, undefined]) {
        const client = await raw(device, { minVersion: version, maxVersion: version })
        client.send(connectPacket())
        expect(await client.ended).toEqual([])
      }
    },
  )

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'wants the full proof of the key at every connection (%s)',
    async version => {
      const options = {
        ...tlsOf(newDevice()),
        servername: 'localhost',
        minVersion: version,
        maxVersion: version,
      }
      const isReused = async (session?: Buffer) => {
        const socket = connect({ ...options, host: '127.0.0.1', ...(session !== undefined && { session }) })
        const sessions: Buffer[] = []
        socket.on('session', each => sessions.push(each))
        await once(socket, 'secureConnect')
        socket.write(mqttPacket.generate(connectPacket()))
        await once(socket, 'data')
        const offered = sessions.at(-1) ?? socket.getSession()
        const reused = socket.isSessionReused()
        socket.destroy()
        return { offered, reused }
      }
      const { offered } = await isReused()
      expect((await isReused(offered)).reused).toBe(false)
    },
  )

  test('does not take a certificate for the key of another', async () => {
    const [mine, other] = [newDevice(), newDevice()]
    await expect(raw({ ...mine, privateKeyPem: other.privateKeyPem })).rejects.toThrow(/key values mismatch/)
  })

  test('cuts the live session of a certificate that becomes inactive', async () => {
    const device = newDevice()
    const client = await raw(device)
    client.send(connectPacket())
    await client.next('connack')
    door.registry.certificates.setStatus(device.certificate.certificateId, 'INACTIVE', Date.now())
    expect(await client.ended).toEqual([])
  })

  test('closes on bytes that are no MQTT, and on a packet that never ends', async () => {
    const noise = await raw(newDevice())
    noise.sendBytes(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))
    expect(await noise.ended).toEqual([])
    const endless = await raw(newDevice())
    endless.send(connectPacket())
    await endless.next('connack')
    endless.sendBytes(Buffer.concat([Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(400_000)]))
    await endless.ended
    expect(door.broker.connectedClientIds()).not.toContain(`raw-${clientIds}`)
  })

  test('sends what it has to say before it closes', async () => {
    const client = await raw(newDevice(), { version: 5 })
    client.send({ ...connectPacket(), protocolVersion: 5 } as Packet)
    await client.next('connack')
    client.send({ cmd: 'publish', topic: '$aws/moon', payload: '', qos: 0, dup: false, retain: false })
    expect(await client.ended).toMatchObject([{ cmd: 'disconnect', reasonCode: 0x90 }])
  })

  test('notices that a client is gone', async () => {
    const lost = new Promise(resolve => {
      const stop = door.broker.observe(event => {
        if (event.kind !== 'disconnected') return
        stop()
        resolve(event.reason)
      })
    })
    const client = await raw(newDevice())
    client.send(connectPacket())
    await client.next('connack')
    client.destroy()
    expect(await lost).toBe('CONNECTION_LOST')
  })
})

describe.each([4, 5] as const)('an independent client with MQTT %d', protocolVersion => {
  test('publishes and subscribes with QoS 0 and 1', async () => {
    const [sender, receiver] = await Promise.all([
      mqttClient(newDevice(), { protocolVersion }),
      mqttClient(newDevice(), { protocolVersion }),
    ])
    const granted = await receiver.subscribeAsync(`greetings${protocolVersion}/+`, { qos: 1 })
    expect(granted[0]?.qos).toBe(1)
    const heard: string[] = []
    const two = new Promise<void>(resolve => {
      receiver.on('message', (_topic, payload) => {
        if (heard.push(payload.toString()) === 2) resolve()
      })
    })
    await sender.publishAsync(`greetings${protocolVersion}/a`, 'zero', { qos: 0 })
    await sender.publishAsync(`greetings${protocolVersion}/a`, 'one', { qos: 1 })
    await two
    expect(heard).toEqual(['zero', 'one'])
    await Promise.all([sender.endAsync(), receiver.endAsync()])
  })

  test('gets what it missed when it returns to its session', async () => {
    const device = newDevice()
    const clientId = `returning-${protocolVersion}`
    const options: IClientOptions = {
      clientId,
      clean: false,
      protocolVersion,
      ...(protocolVersion === 5 && { properties: { sessionExpiryInterval: 60 } }),
    }
    const first = await mqttClient(device, options)
    await first.subscribeAsync(`missed${protocolVersion}`, { qos: 1 })
    await first.endAsync()
    const payload = Buffer.from('while away')
    door.broker.publish({ topic: `missed${protocolVersion}`, payload, qos: 1, source: { kind: 'service' } })
    const second = mqtt.connect({
      protocol: 'mqtts',
      host: 'localhost',
      ...tlsOf(device),
      reconnectPeriod: 0,
      ...options,
    })
    const message = new Promise<Buffer>(resolve => {
      second.once('message', (_topic, received) => resolve(received))
    })
    expect(await message).toEqual(payload)
    await second.endAsync()
  })

  test('is disconnected when it publishes what it may not', async () => {
    const connectOnly = { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }
    const client = await mqttClient(newDevice(connectOnly), { protocolVersion })
    const closed = new Promise<void>(resolve => {
      client.once('close', () => resolve())
    })
    client.publish('forbidden', 'x')
    await closed
    expect(client.connected).toBe(false)
    await client.endAsync()
  })
})
