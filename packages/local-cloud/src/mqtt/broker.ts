import type { Packet } from 'mqtt-packet'
import type { CertificateChange } from '../certificates/certificates.ts'
import type { Clock } from '../clock.ts'
import type { AuthorityDependencies } from '../policies/device-authority.ts'
import { presenceEvents } from '../presence/presence-events.ts'
import type { BrokerState, MessageFault } from './broker-state.ts'
import { connectedClient } from './connected-client.ts'
import { Connection, type Established, type Peer, type Wire } from './connection.ts'
import type { DisconnectReason, LifecycleEvent } from './lifecycle.ts'
import { awsLimits, type BrokerLimits } from './limits.ts'
import type { MessageBus } from './message-bus.ts'
import { mayPublish, publishMessage } from './publish.ts'
import { reasonCodes } from './reason-codes.ts'
import { receive } from './receive.ts'
import { RetainedMessages } from './retained-messages.ts'
import { SessionStore } from './session-store.ts'
import { trackedClock } from './tracked-clock.ts'

export interface BrokerDependencies extends AuthorityDependencies {
  clock: Clock
  newId: () => string
  limits?: Partial<BrokerLimits>
}

/** One client's way into the broker. */
export interface ClientPort {
  receive(packet: Packet): void
  /** The bytes of the client are no MQTT, or too many. */
  malformed(): void
  /** The network is gone. */
  lost(): void
}

export interface Broker extends MessageBus {
  /**
   * Takes a client that has finished its handshake; undefined where its certificate is unknown, not active or not
   * valid now, and the caller is to close the connection without a word.
   */
  accept(peer: Peer, wire: Wire): ClientPort | undefined
  /** Lets a fault decide over all messages from now on. Returns the way to stop. */
  interfere(fault: MessageFault): () => void
  /** Hears what happens to connections. Returns the way to stop. */
  observe(observer: (event: LifecycleEvent) => void): () => void
  /** Cuts the connection of a client, as a failing network would. Returns whether there was one. */
  cut(clientId: string): boolean
  connectedClientIds(): string[]
  /** Ends all connections and timers. */
  stop(): void
}

/** The MQTT broker of the cloud, without sockets. */
export function createBroker(deps: BrokerDependencies): Broker {
  const clock = trackedClock(deps.clock)
  const observers = new Set<(event: LifecycleEvent) => void>()
  const open = new Map<string, Set<Connection>>()
  const state = newState(deps, clock, event => {
    for (const observer of observers) observer(event)
  })
  observers.add(presenceEvents(clock, message => publishMessage(state, message)))
  deps.certificates.onChange(change => cutInactive(state, open, change))

  const onClose = (connection: Connection, reason: DisconnectReason) => {
    const sameCertificate = open.get(connection.certificateId)
    sameCertificate?.delete(connection)
    if (sameCertificate?.size === 0) open.delete(connection.certificateId)
    if (connection.established !== undefined) leave(state, connection, connection.established, reason)
  }

  return {
    accept(peer, wire) {
      const { certificateId } = peer
      if (certificateId === undefined || !isAdmitted(deps, certificateId, peer)) return undefined
      const connection = new Connection({ ...peer, certificateId }, wire, clock.now(), onClose)
      const sameCertificate = open.get(certificateId) ?? new Set()
      open.set(certificateId, sameCertificate.add(connection))
      connection.silenceTimer = clock.after(state.limits.connectTimeoutMs, () =>
        connection.close('CLIENT_ERROR'),
      )
      return {
        receive: packet => receive(state, connection, packet),
        malformed: () => connection.close('CLIENT_ERROR', reasonCodes.malformedPacket),
        lost: () => connection.close('CONNECTION_LOST'),
      }
    },
    publish: message => publishMessage(state, message),
    listen: listener => member(state.listeners, listener),
    reserve: topics => void state.reserved.push(topics),
    interfere: fault => member(state.faults, fault),
    observe: observer => member(observers, observer),
    cut(clientId) {
      const connection = state.connected.get(clientId)
      connection?.close('CONNECTION_LOST')
      return connection !== undefined
    },
    connectedClientIds: () => [...state.connected.keys()],
    stop() {
      observers.clear()
      for (const connections of open.values())
        for (const connection of connections) connection.close('SERVER_INITIATED_DISCONNECT')
      clock.cancelAll()
    },
  }
}

function newState(deps: BrokerDependencies, clock: Clock, tell: BrokerState['tell']): BrokerState {
  return {
    clock,
    limits: { ...awsLimits, ...deps.limits },
    newId: deps.newId,
    authority: deps,
    sessions: new SessionStore(clock),
    retained: new RetainedMessages(),
    connected: new Map(),
    versionNumbers: new Map(),
    reserved: [],
    listeners: new Set(),
    faults: new Set(),
    tell,
  }
}

function member<T>(set: Set<T>, each: T): () => void {
  set.add(each)
  return () => set.delete(each)
}

function isAdmitted({ certificates, clock }: BrokerDependencies, certificateId: string, peer: Peer): boolean {
  const certificate = certificates.find(certificateId)
  if (certificate?.status !== 'ACTIVE') return false
  // A certificate that was registered without its authority is only good for clients that name the server.
  if (certificate.mode === 'SNI_ONLY' && peer.serverName === undefined) return false
  const now = clock.now()
  return certificate.notBefore <= now && now <= certificate.notAfter
}

function cutInactive(
  state: BrokerState,
  open: Map<string, Set<Connection>>,
  { certificateId, status }: CertificateChange,
): void {
  if (status === 'ACTIVE') return
  const cut = () => {
    if (state.authority.certificates.isActive(certificateId)) return
    for (const connection of open.get(certificateId) ?? [])
      connection.close('AUTH_ERROR', reasonCodes.notAuthorized)
  }
  const { deactivationDelayMs } = state.limits
  if (deactivationDelayMs === 0) cut()
  else state.clock.after(deactivationDelayMs, cut)
}

/** The end of an established connection: its session waits or ends, its will is published, the end is told. */
function leave(
  state: BrokerState,
  connection: Connection,
  established: Established,
  reason: DisconnectReason,
): void {
  const { clientId, session, will } = established
  if (state.connected.get(clientId) === connection) state.connected.delete(clientId)
  state.sessions.leave(session)
  state.tell({ kind: 'disconnected', client: connectedClient(connection, established), reason })
  if (will === undefined) return
  const publishWill = () => {
    const { topic, payload, qos, retain, properties } = will.message
    if (state.connected.has(clientId) && will.delaySeconds > 0) return
    if (!mayPublish(established, topic, retain)) return
    const source = {
      kind: 'mqtt',
      clientId,
      certificateId: connection.certificateId,
      reply: () => undefined,
    } as const
    publishMessage(state, { topic, payload, qos, retain, source }, properties)
  }
  const delaySeconds = Math.min(will.delaySeconds, session.expirySeconds)
  if (delaySeconds === 0) publishWill()
  else state.clock.after(delaySeconds * 1000, publishWill)
}
