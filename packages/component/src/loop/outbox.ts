import type { Log } from '../log.ts'
import { messageOf } from '../message-of.ts'
import type { Timers } from '../timers.ts'
import type { Publication } from './outgoing.ts'

export interface OutboxOptions {
  publish: (topic: string, payload: string, once: boolean) => Promise<void>
  timers: Timers
  log: Log
  /** How long after a failed publish the next one is tried, where no new connection comes before. */
  retryMs: number
}

type Message = { text: string } & Pick<Publication, 'once'>

/**
 * Hands messages to the nucleus. One that cannot be handed over is kept, the latest of its topic, until it can,
 * or until the phase that it belongs to is over. A message handed over may still be lost: that is the state
 * machine's to ask again.
 *
 * The nucleus keeps what it is given at QoS 1 while it is offline, in a store of a few megabytes that all components
 * share. So a question goes into it once; the same question again goes at QoS 0, which an offline nucleus refuses.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #unsent = new Map<string, Message>()
  /** What the nucleus was last given on a topic. */
  readonly #given = new Map<string, string>()
  /** Problems since something last went through: an outage of weeks is no reason for a line every ten seconds. */
  readonly #told = new Set<string>()
  #isUp = false
  #cancelRetry: (() => void) | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  async send({ topic, payload, once }: Publication): Promise<void> {
    const message: Message = { text: JSON.stringify(payload), ...(once && { once }) }
    this.#unsent.set(topic, message)
    if (this.#isUp) await this.#deliver(topic, message)
  }

  /** The topics of replies are subscribed to, so it is time to ask. */
  async up(): Promise<void> {
    this.#isUp = true
    await this.#deliverAll()
  }

  down(): void {
    this.#isUp = false
  }

  /** What is unsent was asked for by a phase that is over. */
  clear(): void {
    this.#unsent.clear()
    this.#given.clear()
  }

  async #deliverAll(): Promise<void> {
    for (const [topic, message] of this.#unsent) await this.#deliver(topic, message)
  }

  async #deliver(topic: string, message: Message): Promise<void> {
    const { publish, timers, log, retryMs } = this.#options
    if (message.once) this.#unsent.delete(topic)
    try {
      await publish(topic, message.text, message.once ?? this.#given.get(topic) === message.text)
      this.#given.set(topic, message.text)
      this.#told.clear()
      if (this.#unsent.get(topic) === message) this.#unsent.delete(topic)
    } catch (error) {
      const problem = messageOf(error)
      if (!this.#told.has(topic + problem)) log('warn', problem, { topic })
      this.#told.add(topic + problem)
      this.#cancelRetry?.()
      this.#cancelRetry = timers.after(retryMs, () => {
        if (this.#isUp) void this.#deliverAll()
      })
    }
  }
}
