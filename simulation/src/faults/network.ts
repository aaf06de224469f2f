import { middling, spread } from '../kernel/spread.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Story } from '../story/story.ts'
import { eventFaults, type Fates, type MessageFault, messageFaults } from './fault.ts'

/** Messages that share a lane can overtake one another. */
export type Lane = 'to the cloud' | 'to the device' | 'inside the cloud'

const latencyMs = 50
/** Longer than any pause before asking again, and than the longest that Lambda waits before a repeat. */
const lateMs = 150_000
const secondCopyMs = 7_000
/** Less than one call of a function takes, so that both copies go through it side by side. */
const besideMs = 10
/** One that nothing overtakes arrives all the same. */
const heldForMs = 400_000

export interface NetworkParts {
  clock: VirtualClock
  fates: Fates
  story: Story
  /** From 0 to 1: how long each message takes. */
  random?: () => number
  /** Called before each message arrives: a moment at which others may act. */
  beforeDelivery: (thing: string) => void
}

/** Carries messages, and lets fate have its way with them. */
export class Network {
  /** Messages that are on their way. */
  inFlight = 0
  readonly #parts: NetworkParts
  readonly #held = new Map<string, (() => void)[]>()

  constructor(parts: NetworkParts) {
    this.#parts = parts
  }

  carry(lane: Lane, thing: string, what: string, deliver: () => void): void {
    const { fates, story } = this.#parts
    const faults = lane === 'inside the cloud' ? eventFaults : messageFaults
    const fault = fates.at<MessageFault>({ where: `${what} ${lane}`, thing, faults })
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
      case 'doubled':
        this.#send(lane, thing, deliver, latencyMs)
        return this.#send(lane, thing, deliver, latencyMs + besideMs)
      case 'overtaken':
        return this.#hold(lane, thing, deliver)
    }
  }

  #send(lane: Lane, thing: string, deliver: () => void, delayMs: number): void {
    const { clock, random = middling } = this.#parts
    this.inFlight += 1
    clock.after(spread(delayMs, random), () => {
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
