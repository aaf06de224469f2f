import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Story } from '../story/story.ts'
import { type Fates, type MessageFault, messageFaults } from './fault.ts'

/** Messages that share a lane can overtake one another. */
export type Lane = 'to the cloud' | 'to the device' | 'inside the cloud'

const latencyMs = 50
/** Longer than any pause before asking again, and than the longest that Lambda waits before a repeat. */
const lateMs = 150_000
const secondCopyMs = 7_000
/** One that nothing overtakes arrives all the same. */
const heldForMs = 400_000

/** Carries messages, and lets fate have its way with them. */
export class Network {
  /** Messages that are on their way. */
  inFlight = 0
  readonly #parts: {
    clock: VirtualClock
    fates: Fates
    story: Story
    beforeDelivery: (thing: string) => void
  }
  readonly #held = new Map<string, (() => void)[]>()

  constructor(parts: {
    clock: VirtualClock
    fates: Fates
    story: Story
    /** Called before each message arrives: a moment at which others may act. */
    beforeDelivery: (thing: string) => void
  }) {
    this.#parts = parts
  }

  carry(lane: Lane, thing: string, what: string, deliver: () => void): void {
    const { fates, story } = this.#parts
    const fault = fates.at<MessageFault>({ where: `${what} ${lane}`, thing, faults: messageFaults })
    if (fault !== undefined) story.tell('fault', `${what} ${lane} (${thing}): ${fault}`)
    switch (fault) {
      case undefined:
        return this.#send(lane, thing, deliver, latencyMs)
      case 'lost':
        return undefined
      case 'late':
        return this.#send(lane, thing, deliver, lateMs)
      case 'twice':
        this.#send(lane, thing, deliver, latencyMs)
        return this.#send(lane, thing, deliver, secondCopyMs)
      case 'overtaken':
        return this.#hold(lane, thing, deliver)
    }
  }

  #send(lane: Lane, thing: string, deliver: () => void, delayMs: number): void {
    this.inFlight += 1
    this.#parts.clock.after(delayMs, () => {
      this.inFlight -= 1
      this.#parts.beforeDelivery(thing)
      deliver()
      this.#release(lane, thing)
    })
  }

  #hold(lane: Lane, thing: string, deliver: () => void): void {
    this.inFlight += 1
    let isHeld = true
    const release = () => {
      if (!isHeld) return
      isHeld = false
      this.inFlight -= 1
      this.#send(lane, thing, deliver, 1)
    }
    const key = `${lane} ${thing}`
    this.#held.set(key, [...(this.#held.get(key) ?? []), release])
    this.#parts.clock.after(heldForMs, release)
  }

  #release(lane: Lane, thing: string): void {
    const key = `${lane} ${thing}`
    const held = this.#held.get(key)
    if (held === undefined) return
    this.#held.delete(key)
    for (const release of held) release()
  }
}
