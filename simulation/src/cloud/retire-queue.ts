import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { FunctionHost } from './function-host.ts'

const visibilityTimeoutMs = 360_000
const mostReceives = 5

interface QueuedMessage {
  messageId: string
  body: string
  receives: number
}

/** The queue of certificates to retire, and what hands its messages to the function: at least once, and again after a failure. */
export class RetireQueue {
  readonly deadLetters: string[] = []
  /** Messages that were neither handled nor given up. */
  waiting = 0
  readonly #clock: VirtualClock
  readonly #host: FunctionHost
  readonly #functionName: string
  #sent = 0

  constructor(clock: VirtualClock, host: FunctionHost, functionName: string) {
    this.#clock = clock
    this.#host = host
    this.#functionName = functionName
  }

  send(body: string, delaySeconds: number): void {
    this.#sent += 1
    this.waiting += 1
    this.#later({ messageId: `message-${this.#sent}`, body, receives: 0 }, delaySeconds * 1000)
  }

  /** Puts everything that was given up into the queue again. */
  redrive(): void {
    for (const body of this.deadLetters.splice(0)) this.send(body, 0)
  }

  #later(message: QueuedMessage, delayMs: number): void {
    this.#clock.after(delayMs, () => void this.#hand(message))
  }

  async #hand(message: QueuedMessage): Promise<void> {
    const { messageId, body, receives } = message
    if (receives === mostReceives) {
      this.waiting -= 1
      this.deadLetters.push(body)
      return
    }
    const event = Buffer.from(JSON.stringify({ Records: [{ messageId, body }] }))
    const { functionError, payload } = await this.#host.invoke(this.#functionName, event)
    const isDone = functionError === undefined && !payload.includes(messageId)
    if (isDone) this.waiting -= 1
    else this.#later({ ...message, receives: receives + 1 }, visibilityTimeoutMs)
  }
}
