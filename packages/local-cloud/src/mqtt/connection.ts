import mqttPacket, { type Packet } from 'mqtt-packet'
import type { Timer } from '../clock.ts'
import type { DeviceAuthority } from '../policies/device-authority.ts'
import type { DisconnectReason } from './lifecycle.ts'
import type { OutgoingMessage } from './outgoing-message.ts'
import type { RateMeter } from './rate-meter.ts'
import type { Session } from './session.ts'

/** The bytes' way to a client: a TLS socket, or anything else in tests and simulations. */
export interface Wire {
  write(bytes: Uint8Array): void
  /** Sends what was written, then closes. */
  close(): void
  /** Bytes written and not yet taken by the network. */
  readonly unsentBytes: number
}

/** What the transport knows of a client before it says anything. */
export interface Peer {
  /** SHA-256 of the certificate that it proved to own; undefined where it showed none. */
  certificateId: string | undefined
  /** By Server Name Indication. */
  serverName: string | undefined
  ipAddress: string
}

export interface Will {
  message: OutgoingMessage
  delaySeconds: number
}

/** What a connection has from its CONNECT on. */
export interface Established {
  version: 4 | 5
  clientId: string
  session: Session
  authority: DeviceAuthority
  sessionIdentifier: string
  versionNumber: number
  keepAliveSeconds: number
  /** QoS 1 messages that the client takes before it acknowledges. */
  window: number
  /** Bytes of the largest packet that the client takes. */
  maximumPacketBytes: number
  will: Will | undefined
  meter: RateMeter
  /** MQTT 5 topic aliases of the client. */
  aliases: Map<number, string>
}

/** One client on the wire, from its first byte to its end. */
export class Connection {
  readonly certificateId: string
  readonly ipAddress: string
  readonly wire: Wire
  established: Established | undefined
  closed = false
  lastReceivedAt: number
  /** The CONNECT time-out, then the keep-alive. */
  silenceTimer: Timer | undefined
  redeliveryTimer: Timer | undefined
  readonly #onClose: (connection: Connection, reason: DisconnectReason) => void

  constructor(
    peer: { certificateId: string; ipAddress: string },
    wire: Wire,
    now: number,
    onClose: (connection: Connection, reason: DisconnectReason) => void,
  ) {
    this.certificateId = peer.certificateId
    this.ipAddress = peer.ipAddress
    this.wire = wire
    this.lastReceivedAt = now
    this.#onClose = onClose
  }

  send(packet: Packet): void {
    const protocolVersion = this.established?.version ?? 4
    this.sendBytes(mqttPacket.generate(packet, { protocolVersion }))
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.closed) this.wire.write(bytes)
  }

  /** @param reasonCode told to an MQTT 5 client before the end; an older one is just cut off */
  close(reason: DisconnectReason, reasonCode?: number): void {
    if (this.closed) return
    if (reasonCode !== undefined && this.established?.version === 5)
      this.send({ cmd: 'disconnect', reasonCode })
    this.closed = true
    this.silenceTimer?.cancel()
    this.redeliveryTimer?.cancel()
    this.wire.close()
    this.#onClose(this, reason)
  }
}
