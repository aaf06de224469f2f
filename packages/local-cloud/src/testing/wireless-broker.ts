import mqttPacket, { type Packet } from 'mqtt-packet'
import { defaultAccount } from '../account.ts'
import { type Broker, type ClientPort, createBroker } from '../mqtt/broker.ts'
import type { BrokerLimits } from '../mqtt/limits.ts'
import { type RegistryService, registryService } from '../registry/registry-service.ts'
import { anything, type EnrolledDevice, enrol, testIssuer } from './device-fleet.ts'
import { ManualClock } from './manual-clock.ts'

/** A client of the broker without a socket: what the broker sends to it is a list of packets. */
export interface WirelessClient {
  port: ClientPort
  received: Packet[]
  isClosed(): boolean
  unsentBytes: number
  send(packet: Packet): void
  /** Takes all packets of that kind that have come. */
  take<C extends Packet['cmd']>(cmd: C): Extract<Packet, { cmd: C }>[]
  subscribe(...topics: string[]): void
  publish(
    topic: string,
    payload: string,
    options?: { qos?: 0 | 1 | 2; messageId?: number; retain?: boolean },
  ): void
}

export interface WirelessBroker {
  clock: ManualClock
  registry: RegistryService
  broker: Broker
  device(options?: Partial<Parameters<typeof enrol>[1]>): EnrolledDevice
  /** Undefined where the broker refuses the certificate. */
  open(certificateId: string | undefined, version?: 4 | 5): WirelessClient | undefined
  /** Opens and sends CONNECT. */
  connect(device: EnrolledDevice, connect?: ConnectOptions): WirelessClient
}

export type ConnectOptions = Partial<Omit<Extract<Packet, { cmd: 'connect' }>, 'cmd'>>

/** The broker with its registry on a clock that tests move. */
export function wirelessBroker(limits: Partial<BrokerLimits> = {}): WirelessBroker {
  const clock = new ManualClock()
  let ids = 0
  const newId = () => `id-${++ids}`
  const endpoints = () => ({ data: '', jobs: '', credentialProvider: '' })
  const account = defaultAccount
  const registry = registryService({ account, clock, newId, issuer: testIssuer(), endpoints })
  const broker = createBroker({ account, ...registry, clock, newId, limits })
  const open = (certificateId: string | undefined, version: 4 | 5 = 4) => {
    const client = wirelessClient(version)
    const port = broker.accept({ certificateId, serverName: 'localhost', ipAddress: '10.0.0.1' }, client.wire)
    return port === undefined ? undefined : client.attach(port)
  }
  return {
    clock,
    registry,
    broker,
    device: options => enrol(registry, { policy: anything, now: clock.now(), ...options }),
    open,
    connect(device, connect = {}) {
      const client = open(device.certificate.certificateId, connect.protocolVersion === 5 ? 5 : 4)
      if (client === undefined) throw new Error('The broker refused the certificate')
      client.send({
        cmd: 'connect',
        clientId: 'dev1',
        clean: true,
        keepalive: 60,
        protocolVersion: 4,
        ...connect,
      })
      return client
    },
  }
}

function wirelessClient(version: 4 | 5) {
  const received: Packet[] = []
  const parser = mqttPacket.parser({ protocolVersion: version })
  parser.on('packet', packet => received.push(packet))
  let closed = false
  let messageIds = 0
  const state = { unsentBytes: 0 }
  const wire = {
    write: (bytes: Uint8Array) => void parser.parse(Buffer.from(bytes)),
    close: () => void (closed = true),
    get unsentBytes() {
      return state.unsentBytes
    },
  }
  const attach = (port: ClientPort): WirelessClient => ({
    port,
    received,
    isClosed: () => closed,
    get unsentBytes() {
      return state.unsentBytes
    },
    set unsentBytes(bytes) {
      state.unsentBytes = bytes
    },
    send: packet => port.receive(packet),
    take(cmd) {
      const taken = received.filter(
        (packet): packet is Extract<Packet, { cmd: typeof cmd }> => packet.cmd === cmd,
      )
      for (const packet of taken) received.splice(received.indexOf(packet), 1)
      return taken
    },
    subscribe(...topics) {
      const subscriptions = topics.map(topic => ({ topic, qos: 1 as const }))
      port.receive({ cmd: 'subscribe', messageId: ++messageIds, subscriptions })
    },
    publish(topic, payload, { qos = 0, messageId = ++messageIds, retain = false } = {}) {
      port.receive({ cmd: 'publish', topic, payload, qos, dup: false, retain, messageId })
    },
  })
  return { wire, attach }
}
