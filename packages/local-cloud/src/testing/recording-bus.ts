import type { Message, MessageBus, ReservedTopics } from '../mqtt/message-bus.ts'

/** A bus without a broker: it keeps what was published and passes it to its listeners. */
export class RecordingBus implements MessageBus {
  readonly published: Message[] = []
  readonly reserved: ReservedTopics[] = []
  readonly #listeners = new Set<(message: Message) => void>()

  publish(message: Message): void {
    this.published.push(message)
    for (const listener of this.#listeners) listener(message)
  }

  listen(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  reserve(topics: ReservedTopics): void {
    this.reserved.push(topics)
  }
}
