import { constants } from 'node:crypto'
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import type { ServerIdentity } from '../api/http-listener.ts'
import { type Listener, listen } from '../api/listen.ts'
import type { Broker } from './broker.ts'
import type { Peer, Wire } from './connection.ts'
import { awsLimits } from './limits.ts'
import { createPacketReader } from './packet-reader.ts'

export interface TlsListenerOptions {
  broker: Broker
  identity: ServerIdentity
  /** 0 takes a free one. */
  port: number
  host?: string
}

/** What a client offers by ALPN to speak MQTT at port 443, where AWS serves its web API too. */
export const mqttProtocol = 'x-amzn-mqtt-ca'

/**
 * Listens for MQTT over mutual TLS, 1.2 and 1.3. Any client certificate passes the handshake; the broker then asks the
 * registry, and the connection of an unknown one ends without a word of MQTT.
 */
export function listenMqtt({ broker, identity, port, host }: TlsListenerOptions): Promise<Listener> {
  const options: TlsOptions = {
    key: identity.privateKeyPem,
    cert: identity.certificatePem,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    handshakeTimeout: 10_000,
    // A resumed session would bring no proof that the client still owns its key.
    secureOptions: constants.SSL_OP_NO_TICKET,
    ALPNProtocols: [mqttProtocol, 'mqtt'],
  }
  const server = createServer(options, socket => serveMqtt(broker, socket))
  return listen(server, port, host)
}

/** Serves a client that has finished its handshake. */
export function serveMqtt(broker: Broker, socket: TLSSocket): void {
  // Errors are followed by `close`, which says all there is to say.
  socket.on('error', () => undefined)
  const client = broker.accept(peerOf(socket), wireOf(socket))
  if (client === undefined) {
    socket.destroySoon()
    return
  }
  socket.setNoDelay(true)
  const reader = createPacketReader(
    awsLimits.packetBytes,
    packet => client.receive(packet),
    () => client.malformed(),
  )
  socket.on('data', (bytes: Buffer) => reader.push(bytes))
  socket.once('close', () => client.lost())
  socket.once('end', () => client.lost())
}

function peerOf(socket: TLSSocket): Peer {
  const certificate = socket.getPeerX509Certificate()
  const { servername } = socket as TLSSocket & { servername?: string | false }
  return {
    certificateId: certificate?.fingerprint256.replaceAll(':', '').toLowerCase(),
    serverName: typeof servername === 'string' && servername !== '' ? servername : undefined,
    ipAddress: socket.remoteAddress ?? '',
  }
}

/** Gathers what is written in one turn of the event loop into one TLS record. */
function wireOf(socket: TLSSocket): Wire {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  const flush = () => {
    const [only] = pending
    if (only === undefined) return
    const bytes = pending.length === 1 ? only : Buffer.concat(pending, pendingBytes)
    pending = []
    pendingBytes = 0
    if (socket.writable) socket.write(bytes)
  }
  return {
    write(bytes) {
      if (pending.length === 0) process.nextTick(flush)
      pending.push(bytes)
      pendingBytes += bytes.length
    },
    close() {
      flush()
      socket.destroySoon()
    },
    get unsentBytes() {
      return pendingBytes + socket.writableLength
    },
  }
}
