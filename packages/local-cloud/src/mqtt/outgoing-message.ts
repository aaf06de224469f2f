import mqttPacket from 'mqtt-packet'
import type { MessageProperties } from './message-properties.ts'

/** A message on its way to any number of clients; its bytes are made once for all who get it in the same form. */
export class OutgoingMessage {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: 0 | 1
  readonly retain: boolean
  readonly properties: MessageProperties
  /** Milliseconds since the epoch, after which nobody gets it any more. */
  readonly expiresAt: number
  readonly #frames = new Map<string, Buffer>()

  constructor(message: {
    topic: string
    payload: Buffer
    qos: 0 | 1
    retain?: boolean
    properties?: MessageProperties
    expiresAt?: number
  }) {
    this.topic = message.topic
    this.payload = message.payload
    this.qos = message.qos
    this.retain = message.retain ?? false
    this.properties = message.properties ?? {}
    this.expiresAt = message.expiresAt ?? Infinity
  }

  /** A PUBLISH packet with QoS 0. Shared: must not be written to. */
  frame(version: 4 | 5, retain: boolean): Buffer {
    return this.#cached(version, 0, retain)
  }

  /** A PUBLISH packet with QoS 1 and this packet id. */
  frameWithId(version: 4 | 5, retain: boolean, messageId: number, duplicate: boolean): Buffer {
    const frame = Buffer.from(this.#cached(version, 1, retain))
    if (duplicate) frame[0] = (frame[0] ?? 0) | 0x08
    frame.writeUInt16BE(messageId, messageIdOffset(frame))
    return frame
  }

  #cached(version: 4 | 5, qos: 0 | 1, retain: boolean): Buffer {
    const key = `${version} ${qos} ${retain}`
    const cached = this.#frames.get(key)
    if (cached !== undefined) return cached
    const { topic, payload, properties } = this
    const base = { cmd: 'publish', topic, payload, qos, dup: false, retain, messageId: 1 } as const
    const packet = version === 5 ? { ...base, properties: { ...properties } } : base
    const frame = mqttPacket.generate(packet, { protocolVersion: version })
    this.#frames.set(key, frame)
    return frame
  }
}

/** Behind the fixed header (type, length of one to four bytes) and the topic with its two bytes of length. */
function messageIdOffset(frame: Buffer): number {
  let at = 1
  while ((frame[at] ?? 0) >= 0x80) at++
  return at + 1 + 2 + frame.readUInt16BE(at + 1)
}
