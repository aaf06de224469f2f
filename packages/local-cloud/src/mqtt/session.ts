import type { OutgoingMessage } from './outgoing-message.ts'

export interface Subscription {
  filter: string
  qos: 0 | 1
  /** MQTT 5: not to the client that published it. */
  noLocal: boolean
  /** MQTT 5: keep the retain flag as it was published. */
  retainAsPublished: boolean
}

/** One QoS 1 message of a session, from queueing to acknowledgement. */
interface Pending {
  message: OutgoingMessage
  retain: boolean
}

export interface Sending extends Pending {
  messageId: number
}

const largestMessageId = 0xffff

/** What the broker remembers of a client: subscriptions, and the QoS 1 messages that it has not acknowledged. */
export class Session {
  readonly clientId: string
  readonly subscriptions = new Map<string, Subscription>()
  /** How long it outlives its connection; 0 ends it with that. */
  expirySeconds: number
  readonly #waiting: Pending[] = []
  readonly #inFlight = new Map<number, Pending>()
  #lastMessageId = 0

  constructor(clientId: string, expirySeconds: number) {
    this.clientId = clientId
    this.expirySeconds = expirySeconds
  }

  get waiting(): number {
    return this.#waiting.length
  }

  get inFlight(): number {
    return this.#inFlight.size
  }

  /** Returns false where already so many wait. */
  enqueue(message: OutgoingMessage, retain: boolean, limit: number): boolean {
    if (this.#waiting.length >= limit) return false
    this.#waiting.push({ message, retain })
    return true
  }

  /** The next message to be sent, unless the window is full or nothing waits. */
  sendNext(window: number, now: number): Sending | undefined {
    while (this.#inFlight.size < window) {
      const pending = this.#waiting.shift()
      if (pending === undefined) return undefined
      if (pending.message.expiresAt <= now) continue
      const messageId = this.#freeMessageId()
      this.#inFlight.set(messageId, pending)
      return { ...pending, messageId }
    }
    return undefined
  }

  /** Returns false for an id that is not in flight. */
  acknowledge(messageId: number): boolean {
    return this.#inFlight.delete(messageId)
  }

  /** Sent and not acknowledged, in the order of sending. What has expired is forgotten. */
  unacknowledged(now: number): Sending[] {
    for (const [messageId, { message }] of this.#inFlight)
      if (message.expiresAt <= now) this.#inFlight.delete(messageId)
    return [...this.#inFlight].map(([messageId, pending]) => ({ ...pending, messageId }))
  }

  #freeMessageId(): number {
    do this.#lastMessageId = (this.#lastMessageId % largestMessageId) + 1
    while (this.#inFlight.has(this.#lastMessageId))
    return this.#lastMessageId
  }
}
