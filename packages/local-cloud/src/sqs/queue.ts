import type { Clock } from '../clock.ts'
import type { MessageAttribute } from './message-digest.ts'
import type { QueueAttributes } from './queue-attributes.ts'

export interface QueueMessage {
  messageId: string
  body: string
  attributes: ReadonlyMap<string, MessageAttribute>
  sentAtMs: number
  /** How often it was received, this time included. */
  receiveCount: number
  firstReceivedAtMs: number
  receiptHandle: string
}

interface Stored extends QueueMessage {
  visibleAtMs: number
}

export interface QueueDependencies {
  clock: Clock
  newId: () => string
  /** The queue that the redrive policy names, if there is one. */
  deadLetterQueue: (arn: string) => Queue | undefined
}

/** A standard queue: at least once, in order of becoming visible. */
export class Queue {
  readonly name: string
  readonly arn: string
  readonly createdAtMs: number
  attributes: QueueAttributes
  readonly #deps: QueueDependencies
  #messages: Stored[] = []
  readonly #waiting = new Set<() => void>()

  constructor(identity: { name: string; arn: string }, attributes: QueueAttributes, deps: QueueDependencies) {
    this.name = identity.name
    this.arn = identity.arn
    this.createdAtMs = deps.clock.now()
    this.attributes = attributes
    this.#deps = deps
  }

  send(message: {
    body: string
    attributes?: ReadonlyMap<string, MessageAttribute>
    delaySeconds?: number
  }): { messageId: string } {
    const now = this.#deps.clock.now()
    const messageId = this.#deps.newId()
    this.#add({
      messageId,
      body: message.body,
      attributes: message.attributes ?? new Map(),
      sentAtMs: now,
      receiveCount: 0,
      firstReceivedAtMs: 0,
      receiptHandle: '',
      visibleAtMs: now + (message.delaySeconds ?? this.attributes.delaySeconds) * 1000,
    })
    return { messageId }
  }

  /** Takes up to so many visible messages and hides them for a time; those received too often go to the dead letters. */
  receive(most: number, visibilityTimeoutSeconds = this.attributes.visibilityTimeoutSeconds): QueueMessage[] {
    const now = this.#deps.clock.now()
    this.#dropExpired(now)
    const received: QueueMessage[] = []
    for (const message of this.#messages.filter(({ visibleAtMs }) => visibleAtMs <= now)) {
      if (received.length === most) break
      if (this.#moveToDeadLetters(message)) continue
      message.receiveCount += 1
      message.firstReceivedAtMs ||= now
      message.receiptHandle = this.#deps.newId()
      message.visibleAtMs = now + visibilityTimeoutSeconds * 1000
      received.push({ ...message })
    }
    return received
  }

  /** As {@link receive}, but waits for the first message. An aborted wait answers with none. */
  async receiveWithin(
    waitSeconds: number,
    most: number,
    visibilityTimeoutSeconds?: number,
    signal?: AbortSignal,
  ): Promise<QueueMessage[]> {
    const { clock } = this.#deps
    const until = clock.now() + waitSeconds * 1000
    for (;;) {
      const received = this.receive(most, visibilityTimeoutSeconds)
      const now = clock.now()
      if (received.length > 0 || now >= until || signal?.aborted === true) return received
      const next = this.#messages.reduce((first, { visibleAtMs }) => Math.min(first, visibleAtMs), until)
      await this.#change(next - now, signal)
    }
  }

  /** @returns whether the receipt handle was the message's latest */
  delete(receiptHandle: string): boolean {
    const before = this.#messages.length
    this.#messages = this.#messages.filter(message => message.receiptHandle !== receiptHandle)
    return this.#messages.length < before
  }

  /** @returns whether a message in flight has this receipt handle */
  changeVisibility(receiptHandle: string, timeoutSeconds: number): boolean {
    const now = this.#deps.clock.now()
    const message = this.#messages.find(
      candidate => candidate.receiptHandle === receiptHandle && candidate.visibleAtMs > now,
    )
    if (message === undefined) return false
    message.visibleAtMs = now + timeoutSeconds * 1000
    this.#wake()
    return true
  }

  purge(): void {
    this.#messages = []
  }

  count(): { visible: number; inFlight: number; delayed: number } {
    const now = this.#deps.clock.now()
    this.#dropExpired(now)
    const hidden = this.#messages.filter(({ visibleAtMs }) => visibleAtMs > now)
    const inFlight = hidden.filter(({ receiveCount }) => receiveCount > 0).length
    return { visible: this.#messages.length - hidden.length, inFlight, delayed: hidden.length - inFlight }
  }

  #add(message: Stored): void {
    this.#messages.push(message)
    this.#wake()
  }

  #moveToDeadLetters(message: Stored): boolean {
    const { redrive } = this.attributes
    if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false
    const target = this.#deps.deadLetterQueue(redrive.deadLetterTargetArn)
    if (target === undefined) return false
    this.#messages = this.#messages.filter(other => other !== message)
    target.#add({ ...message, receiptHandle: '', receiveCount: 0, visibleAtMs: this.#deps.clock.now() })
    return true
  }

  #dropExpired(now: number): void {
    const oldest = now - this.attributes.retentionSeconds * 1000
    this.#messages = this.#messages.filter(({ sentAtMs }) => sentAtMs > oldest)
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }

  #change(withinMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        timer.cancel()
        this.#waiting.delete(done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = this.#deps.clock.after(withinMs, done)
      this.#waiting.add(done)
      signal?.addEventListener('abort', done)
    })
  }
}
