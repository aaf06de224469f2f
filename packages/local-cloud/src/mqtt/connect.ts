import type { IConnectPacket } from 'mqtt-packet'
import { deviceAuthority } from '../policies/device-authority.ts'
import type { BrokerState } from './broker-state.ts'
import { connectedClient } from './connected-client.ts'
import type { Connection, Established, Will } from './connection.ts'
import { redeliver, sendWaiting } from './deliver.ts'
import { readMessageProperties } from './message-properties.ts'
import { OutgoingMessage } from './outgoing-message.ts'
import { RateMeter } from './rate-meter.ts'
import { reasonCodes, returnCodes } from './reason-codes.ts'
import { isTopic } from './topics.ts'

/** Answers CONNECT: admits the client and takes over from an older connection of its id, or refuses it. */
export function handleConnect(state: BrokerState, connection: Connection, packet: IConnectPacket): void {
  const version = packet.protocolVersion
  if (version !== 4 && version !== 5) {
    connection.send({
      cmd: 'connack',
      returnCode: returnCodes.unacceptableProtocolVersion,
      sessionPresent: false,
    })
    connection.close('CLIENT_ERROR')
    return
  }
  const clientId = packet.clientId === '' && version === 5 ? state.newId() : packet.clientId
  if (clientId === '' || Buffer.byteLength(clientId) > state.limits.clientIdBytes) {
    refuse(connection, version, reasonCodes.clientIdentifierNotValid, returnCodes.identifierRejected)
    return
  }
  const { certificateId, ipAddress } = connection
  const authority = deviceAuthority(state.authority, { certificateId, clientId, sourceIp: ipAddress })
  if (!authority.allows('iot:Connect', `client/${clientId}`)) {
    state.tell({ kind: 'connect-failed', client: { clientId, certificateId, ipAddress } })
    // An MQTT 3.1.1 client gets no CONNACK, the connection just ends.
    if (version === 5) refuse(connection, version, reasonCodes.notAuthorized)
    else connection.close('AUTH_ERROR')
    return
  }
  const will = willOf(state, packet)
  if (will === 'invalid') {
    refuse(connection, version, reasonCodes.topicNameInvalid)
    return
  }
  state.connected.get(clientId)?.close('DUPLICATE_CLIENTID', reasonCodes.sessionTakenOver)
  establish(state, connection, packet, { version, clientId, authority, will })
}

function establish(
  state: BrokerState,
  connection: Connection,
  packet: IConnectPacket,
  known: Pick<Established, 'version' | 'clientId' | 'authority' | 'will'>,
): void {
  const { limits } = state
  const { version, clientId } = known
  const { session, present } = state.sessions.open(
    clientId,
    packet.clean ?? true,
    expirySeconds(state, packet),
  )
  const versionNumber = (state.versionNumbers.get(clientId) ?? -1) + 1
  state.versionNumbers.set(clientId, versionNumber)
  const established: Established = {
    ...known,
    session,
    sessionIdentifier: state.newId(),
    versionNumber,
    keepAliveSeconds: keepAliveSeconds(state, packet.keepalive ?? 0),
    window: Math.min(limits.inFlightMessages, packet.properties?.receiveMaximum ?? limits.inFlightMessages),
    maximumPacketBytes: packet.properties?.maximumPacketSize ?? Infinity,
    meter: new RateMeter(limits.publishesPerSecondPerConnection),
    aliases: new Map(),
  }
  connection.established = established
  state.connected.set(clientId, connection)
  watchKeepAlive(state, connection, established.keepAliveSeconds * 1500)
  if (version === 5) connection.send(connackFor5(state, packet, established, present))
  else connection.send({ cmd: 'connack', returnCode: returnCodes.accepted, sessionPresent: present })
  state.tell({ kind: 'connected', client: connectedClient(connection, established) })
  redeliver(state, connection)
  sendWaiting(state, connection)
}

function refuse(connection: Connection, version: 4 | 5, reasonCode: number, returnCode?: number): void {
  if (version === 5) connection.sendBytes(Buffer.from([0x20, 3, 0, reasonCode, 0]))
  else if (returnCode !== undefined) connection.send({ cmd: 'connack', returnCode, sessionPresent: false })
  connection.close('CLIENT_ERROR')
}

function connackFor5(state: BrokerState, packet: IConnectPacket, established: Established, present: boolean) {
  const { limits } = state
  const asked = packet.properties?.sessionExpiryInterval ?? 0
  return {
    cmd: 'connack',
    reasonCode: reasonCodes.success,
    sessionPresent: present,
    properties: {
      ...(asked > limits.sessionExpirySeconds && { sessionExpiryInterval: limits.sessionExpirySeconds }),
      receiveMaximum: Math.min(limits.inFlightMessages, 0xffff),
      maximumQoS: 1,
      retainAvailable: true,
      maximumPacketSize: limits.packetBytes,
      ...(packet.clientId === '' && { assignedClientIdentifier: established.clientId }),
      topicAliasMaximum: limits.topicAliases,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: false,
      ...(packet.keepalive !== established.keepAliveSeconds && {
        serverKeepAlive: established.keepAliveSeconds,
      }),
    },
  } as const
}

function expirySeconds({ limits }: BrokerState, packet: IConnectPacket): number {
  if (packet.protocolVersion !== 5) return packet.clean === false ? limits.sessionExpirySeconds : 0
  return Math.min(packet.properties?.sessionExpiryInterval ?? 0, limits.sessionExpirySeconds)
}

function keepAliveSeconds({ limits }: BrokerState, asked: number): number {
  const { least, most } = limits.keepAliveSeconds
  return asked === 0 ? most : Math.min(Math.max(asked, least), most)
}

function willOf(state: BrokerState, packet: IConnectPacket): Will | 'invalid' | undefined {
  const { will } = packet
  if (will === undefined) return undefined
  const payload = Buffer.from(will.payload)
  const qos = will.qos ?? 0
  if (qos === 2 || payload.length > state.limits.payloadBytes || !isTopic(will.topic, state.limits))
    return 'invalid'
  const properties = readMessageProperties(will.properties)
  if (properties === undefined) return 'invalid'
  const message = new OutgoingMessage({
    topic: will.topic,
    payload,
    qos,
    retain: will.retain ?? false,
    properties,
  })
  return { message, delaySeconds: will.properties?.willDelayInterval ?? 0 }
}

/** Closes the connection after so long without a packet, checking only when it may be time. */
function watchKeepAlive(state: BrokerState, connection: Connection, allowedMs: number): void {
  connection.silenceTimer?.cancel()
  const check = (waitMs: number) => {
    connection.silenceTimer = state.clock.after(waitMs, () => {
      const leftMs = connection.lastReceivedAt + allowedMs - state.clock.now()
      if (leftMs > 0) check(leftMs)
      else connection.close('MQTT_KEEP_ALIVE_TIMEOUT', reasonCodes.keepAliveTimeout)
    })
  }
  check(allowedMs)
}
