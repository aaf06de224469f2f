import { type ConnectionOptions, connect } from 'node:tls'
import mqttPacket, { type Packet } from 'mqtt-packet'

type Command = Packet['cmd']
type PacketOf<C extends Command> = Extract<Packet, { cmd: C }>

/** An MQTT client that sends exactly what a test tells it to, on a real TLS socket. */
export interface RawMqttClient {
  send(packet: Packet): void
  sendBytes(bytes: Buffer): void
  /** The next packet of that kind, whether it has come or is still to come; fails when the connection ends first. */
  next<C extends Command>(cmd: C): Promise<PacketOf<C>>
  /** Resolves with all packets that nobody took, once the connection has ended. */
  ended: Promise<Packet[]>
  destroy(): void
  alpnProtocol: string | false | null
  tlsVersion: string | null
}

export interface RawClientOptions extends ConnectionOptions {
  version?: 4 | 5
}

/** Resolves after the TLS handshake, as the client sees it. */
export function connectRaw({ version = 4, ...options }: RawClientOptions): Promise<RawMqttClient> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', servername: 'localhost', ...options })
    const parser = mqttPacket.parser({ protocolVersion: version })
    const packets: Packet[] = []
    const waiting = new Set<() => void>()
    let isOver = false
    const wake = () => {
      for (const each of waiting) each()
    }
    parser.on('packet', packet => {
      packets.push(packet)
      wake()
    })
    socket.on('data', (bytes: Buffer) => parser.parse(bytes))
    socket.on('error', reject)
    const ended = new Promise<Packet[]>(done => {
      socket.once('close', () => {
        isOver = true
        wake()
        done(packets)
      })
    })
    socket.once('secureConnect', () =>
      resolve({
        send: packet => void socket.write(mqttPacket.generate(packet, { protocolVersion: version })),
        sendBytes: bytes => void socket.write(bytes),
        next: cmd => nextPacket(packets, waiting, () => isOver, cmd),
        ended,
        destroy: () => socket.destroy(),
        alpnProtocol: socket.alpnProtocol,
        tlsVersion: socket.getProtocol(),
      }),
    )
  })
}

function nextPacket<C extends Command>(
  packets: Packet[],
  waiting: Set<() => void>,
  isOver: () => boolean,
  cmd: C,
): Promise<PacketOf<C>> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = packets.findIndex(packet => packet.cmd === cmd)
      if (found < 0 && !isOver()) return
      waiting.delete(look)
      if (found < 0) reject(new Error(`The connection ended before a ${cmd}`))
      else resolve(packets.splice(found, 1)[0] as PacketOf<C>)
    }
    waiting.add(look)
    look()
  })
}
