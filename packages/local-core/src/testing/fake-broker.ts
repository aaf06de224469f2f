import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { filterMatches } from '../mqtt/topic-filter.ts'
import type { TestAuthority } from './test-certificates.ts'

export interface FakeBrokerClient {
  readonly clientId: string
  readonly protocolVersion: number
  readonly fingerprint: string
  readonly socket: TLSSocket
  readonly filters: Map<string, 0 | 1>
  readonly send: (packet: Packet) => void
}

export interface ReceivedPublish {
  readonly clientId: string
  readonly topic: string
  readonly payload: string
  readonly qos: number
}

/** A broker for tests: mutual TLS, MQTT 3.1.1 and 5, no persistence, subscriptions that can be held back. */
export interface FakeBroker {
  readonly port: number
  readonly clients: () => FakeBrokerClient[]
  readonly connects: { readonly clientId: string; readonly fingerprint: string }[]
  readonly published: ReceivedPublish[]
  /** Fingerprints that are dropped right after the TLS handshake, as AWS IoT does with inactive ones. */
  readonly refused: Set<string>
  readonly deniedFilters: Set<string>
  readonly publish: (topic: string, payload: string, properties?: object) => number
  readonly close: () => Promise<void>
}

/** @param authority what the clients' certificates must come from, as its own does */
export async function startFakeBroker(authority: TestAuthority): Promise<FakeBroker> {
  const { privateKeyPem: key, certificatePem: cert } = await authority.issue('localhost')
  const clients = new Set<FakeBrokerClient>()
  const sockets = new Set<TLSSocket>()
  const broker = {
    connects: [] as { clientId: string; fingerprint: string }[],
    published: [] as ReceivedPublish[],
    refused: new Set<string>(),
    deniedFilters: new Set<string>(),
  }
  const tls = { key, cert, ca: authority.caPem, requestCert: true, rejectUnauthorized: true }
  const server = createServer(tls, socket => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
    const fingerprint = createHash('sha256').update(socket.getPeerCertificate().raw).digest('hex')
    if (broker.refused.has(fingerprint)) return socket.destroy()
    return serveClient(socket, fingerprint, broker, clients)
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    ...broker,
    port: (server.address() as AddressInfo).port,
    clients: () => [...clients],
    publish: (topic, payload, properties) => {
      let count = 0
      for (const client of clients) {
        const qos = [...client.filters].find(([filter]) => filterMatches(filter, topic))?.[1]
        if (qos === undefined) continue
        count++
        const messageId = qos === 0 ? {} : { messageId: count }
        client.send({
          cmd: 'publish',
          topic,
          payload,
          qos,
          dup: false,
          retain: false,
          ...messageId,
          ...(properties !== undefined && { properties }),
        })
      }
      return count
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

type BrokerState = Pick<FakeBroker, 'connects' | 'published' | 'deniedFilters'>

function serveClient(
  socket: TLSSocket,
  fingerprint: string,
  broker: BrokerState,
  clients: Set<FakeBrokerClient>,
): void {
  let client: FakeBrokerClient | undefined
  let protocolVersion = 4
  const send = (packet: Packet) => socket.write(mqttPacket.generate(packet, { protocolVersion }))
  const parser = mqttPacket.parser({})
  parser.on('packet', packet => {
    if (packet.cmd === 'connect') {
      protocolVersion = packet.protocolVersion ?? 4
      const { clientId } = packet
      client = { clientId, protocolVersion, fingerprint, socket, filters: new Map(), send }
      clients.add(client)
      broker.connects.push({ clientId, fingerprint })
      send(
        protocolVersion === 5
          ? { cmd: 'connack', reasonCode: 0, sessionPresent: false }
          : { cmd: 'connack', returnCode: 0, sessionPresent: false },
      )
    } else if (client !== undefined) {
      answer(packet, client, broker)
    }
  })
  socket.on('data', chunk => parser.parse(chunk))
  socket.once('close', () => {
    if (client !== undefined) clients.delete(client)
  })
}

function answer(packet: Packet, client: FakeBrokerClient, broker: BrokerState): void {
  const messageId = packet.messageId ?? 0
  switch (packet.cmd) {
    case 'subscribe': {
      const granted = packet.subscriptions.map(({ topic, qos }) => {
        if (broker.deniedFilters.has(topic)) return client.protocolVersion === 5 ? 135 : 128
        client.filters.set(topic, qos === 0 ? 0 : 1)
        return qos
      })
      client.send({ cmd: 'suback', messageId, granted })
      break
    }
    case 'unsubscribe':
      for (const filter of packet.unsubscriptions) client.filters.delete(filter)
      client.send({ cmd: 'unsuback', messageId, granted: packet.unsubscriptions.map(() => 0) })
      break
    case 'publish':
      broker.published.push({
        clientId: client.clientId,
        topic: packet.topic,
        payload: packet.payload.toString(),
        qos: packet.qos,
      })
      if (packet.qos === 1) client.send({ cmd: 'puback', messageId, reasonCode: 0 })
      break
    case 'pingreq':
      client.send({ cmd: 'pingresp' })
      break
    default:
      break
  }
}
