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
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #unsent = new Map<string, Message>()
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
  }

  async #deliverAll(): Promise<void> {
    for (const [topic, message] of this.#unsent) await this.#deliver(topic, message)
  }

  async #deliver(topic: string, message: Message): Promise<void> {
    const { publish, timers, log, retryMs } = this.#options
    if (message.once) this.#unsent.delete(topic)
    try {
      await publish(topic, message.text, message.once ?? false)
      if (this.#unsent.get(topic) === message) this.#unsent.delete(topic)
    } catch (error) {
      log('warn', messageOf(error), { topic })
      this.#cancelRetry?.()
      this.#cancelRetry = timers.after(retryMs, () => {
        if (this.#isUp) void this.#deliverAll()
      })
    }
  }
}
