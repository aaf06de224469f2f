import type { SecureContext } from 'node:tls'
import mqttPacket from 'mqtt-packet'
import { connectBare } from './mqtt-client.ts'

const connections = 300
const atOnce = 16
const pairs = 8
const messagesOfPair = 5_000
const payload = Buffer.alloc(200, 'x')

/** Full mutual TLS handshakes with CONNECT and CONNACK, 16 at once, each closed at once. @returns per second */
export async function connectsPerSecond(port: number, context: SecureContext): Promise<number> {
  let next = 0
  const worker = async () => {
    while (next < connections) {
      const client = await connectBare(port, context, `connect-${next++}`)
      client.end()
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: atOnce }, worker))
  return (connections / (performance.now() - startedAt)) * 1000
}

/** Eight publishers, a subscriber for each, QoS 0 and 200 bytes. @returns messages delivered per second */
export async function messagesPerSecond(port: number, context: SecureContext): Promise<number> {
  const links = await Promise.all(
    Array.from({ length: pairs }, async (_, pair) => {
      const topic = `bench/${pair}`
      const subscriber = await connectBare(port, context, `subscriber-${pair}`)
      await subscriber.subscribe(topic)
      const publisher = await connectBare(port, context, `publisher-${pair}`)
      return {
        subscriber,
        publisher,
        packet: mqttPacket.generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false }),
      }
    }),
  )
  const startedAt = performance.now()
  await Promise.all(links.map(async link => sendAll(link)))
  const perSecond = ((pairs * messagesOfPair) / (performance.now() - startedAt)) * 1000
  for (const { subscriber, publisher } of links) {
    subscriber.end()
    publisher.end()
  }
  return perSecond
}

interface Link {
  subscriber: Awaited<ReturnType<typeof connectBare>>
  publisher: Awaited<ReturnType<typeof connectBare>>
  packet: Buffer
}

/** A window of messages is under way at a time, since QoS 0 lets a broker drop what its client cannot take. */
function sendAll({ subscriber, publisher, packet }: Link): Promise<void> {
  const window = 200
  let sent = 0
  let received = 0
  return new Promise(resolve => {
    const fill = () => {
      const room = Math.min(window - (sent - received), messagesOfPair - sent)
      if (room < window / 2 && sent + room < messagesOfPair) return
      publisher.send(Buffer.concat(Array.from({ length: room }, () => packet)))
      sent += room
    }
    subscriber.onPublish = () => {
      received += 1
      if (received === messagesOfPair) resolve()
      else if (sent < messagesOfPair) fill()
    }
    fill()
  })
}
