import type { OutgoingMessage } from './outgoing-message.ts'
import { filterMatches } from './topics.ts'

/** The last retained message of each topic. */
export class RetainedMessages {
  readonly #messages = new Map<string, OutgoingMessage>()

  /** An empty payload removes what was retained. */
  keep(message: OutgoingMessage): void {
    if (message.payload.length === 0) this.#messages.delete(message.topic)
    else this.#messages.set(message.topic, message)
  }

  matching(filter: string, now: number): OutgoingMessage[] {
    const exact = this.#messages.get(filter)
    const isLiteral = !filter.includes('+') && !filter.includes('#')
    const found = isLiteral
      ? exact === undefined
        ? []
        : [exact]
      : [...this.#messages.values()].filter(({ topic }) => filterMatches(filter, topic))
    return found.filter(({ expiresAt }) => expiresAt > now)
  }
}
