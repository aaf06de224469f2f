import { connect, type SecureContext, type TLSSocket } from 'node:tls'
import mqttPacket from 'mqtt-packet'

/** A bare MQTT 3.1.1 client: it costs the machine little beside the broker that is measured. */
export interface BareClient {
  subscribe(topic: string): Promise<void>
  /** QoS 0, whole packet made before. */
  send(packet: Buffer): void
  onPublish: () => void
  end(): void
}

/** Settles with a client that has its CONNACK; the handshake is a full one, as nothing is resumed. */
export function connectBare(port: number, context: SecureContext, clientId: string): Promise<BareClient> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      secureContext: context,
      rejectUnauthorized: false,
    })
    const connectPacket = {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId,
      clean: true,
      keepalive: 60,
    } as const
    socket.once('secureConnect', () => socket.write(mqttPacket.generate(connectPacket)))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('The broker closed the connection.')))
    const client = bareClient(socket, () => resolve(client))
  })
}

function bareClient(socket: TLSSocket, onConnack: () => void): BareClient {
  let onSuback = () => undefined as void
  const parser = mqttPacket.parser({ protocolVersion: 4 })
  parser.on('packet', packet => {
    if (packet.cmd === 'publish') client.onPublish()
    else if (packet.cmd === 'connack') onConnack()
    else if (packet.cmd === 'suback') onSuback()
  })
  socket.on('data', bytes => parser.parse(bytes))
  const client: BareClient = {
    onPublish: () => undefined,
    send: packet => void socket.write(packet),
    subscribe: topic =>
      new Promise(resolve => {
        onSuback = resolve
        socket.write(
          mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 0 }] }),
        )
      }),
    end: () => socket.destroy(),
  }
  return client
}
