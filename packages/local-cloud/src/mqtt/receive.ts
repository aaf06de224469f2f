import type { IDisconnectPacket, Packet } from 'mqtt-packet'
import type { BrokerState } from './broker-state.ts'
import { handleConnect } from './connect.ts'
import type { Connection, Established } from './connection.ts'
import { sendWaiting } from './deliver.ts'
import { handlePublish } from './publish.ts'
import { reasonCodes } from './reason-codes.ts'
import { handleSubscribe, handleUnsubscribe } from './subscribe.ts'

const pingResponse = Buffer.from([0xd0, 0])

/** Takes the next packet of a client. */
export function receive(state: BrokerState, connection: Connection, packet: Packet): void {
  if (connection.closed) return
  connection.lastReceivedAt = state.clock.now()
  const { established } = connection
  if (packet.cmd === 'connect' && established === undefined) handleConnect(state, connection, packet)
  else if (established === undefined) connection.close('CLIENT_ERROR')
  else receiveEstablished(state, connection, established, packet)
}

function receiveEstablished(
  state: BrokerState,
  connection: Connection,
  established: Established,
  packet: Packet,
): void {
  const { cmd } = packet
  if (cmd === 'publish') {
    handlePublish(state, connection, established, packet)
  } else if (cmd === 'puback') {
    established.session.acknowledge(packet.messageId ?? 0)
    sendWaiting(state, connection)
  } else if (cmd === 'subscribe') {
    handleSubscribe(state, connection, established, packet)
  } else if (cmd === 'unsubscribe') {
    handleUnsubscribe(state, connection, established, packet)
  } else if (cmd === 'pingreq') {
    connection.sendBytes(pingResponse)
  } else if (cmd === 'disconnect') {
    handleDisconnect(state, connection, established, packet)
  } else {
    // A second CONNECT, the packets of QoS 2, and what only a server may send.
    connection.close('CLIENT_ERROR', reasonCodes.protocolError)
  }
}

const disconnectWithWill = 0x04

function handleDisconnect(
  { limits }: BrokerState,
  connection: Connection,
  established: Established,
  { reasonCode, properties }: IDisconnectPacket,
): void {
  if (reasonCode !== disconnectWithWill) established.will = undefined
  const expiry = properties?.sessionExpiryInterval
  // A session that was to end with its connection cannot be prolonged now (MQTT 5, 3.14.2.2.2).
  if (expiry !== undefined && established.session.expirySeconds > 0)
    established.session.expirySeconds = Math.min(expiry, limits.sessionExpirySeconds)
  connection.close('CLIENT_INITIATED_DISCONNECT')
}
