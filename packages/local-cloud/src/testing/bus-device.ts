import type { MqttSource } from '../mqtt/message-bus.ts'
import type { RecordingBus } from './recording-bus.ts'

export interface JsonMessage {
  topic: string
  body: unknown
}

/** A device at a recording bus: what it publishes reaches the service that reserved the topic, as by the broker. */
export class BusDevice {
  readonly thingName: string
  /** Answers that came to this connection alone. */
  readonly replies: JsonMessage[] = []
  readonly #bus: RecordingBus
  readonly #source: MqttSource

  constructor(bus: RecordingBus, thingName: string) {
    this.#bus = bus
    this.thingName = thingName
    this.#source = {
      kind: 'mqtt',
      clientId: thingName,
      certificateId: 'c'.repeat(64),
      thingName,
      reply: (topic, payload) => void this.replies.push({ topic, body: parsed(payload) }),
    }
  }

  /** Publishes a JSON body, or bytes as they are. Answers what the service replied while it took the message. */
  publish(topic: string, body: unknown): JsonMessage[] {
    const service = this.#bus.reserved.find(reserved => reserved.matches(topic))
    if (service === undefined) throw new Error(`no service has reserved ${topic}`)
    const before = this.replies.length
    const payload = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
    service.receive({ topic, payload, qos: 1, source: this.#source })
    return this.replies.slice(before)
  }
}

/** What was published on the bus since the last call, as JSON. */
export function drain(bus: RecordingBus): JsonMessage[] {
  return bus.published.splice(0).map(({ topic, payload }) => ({ topic, body: parsed(payload) }))
}

function parsed(payload: Buffer): unknown {
  return JSON.parse(payload.toString())
}
