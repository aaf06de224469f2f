import type { Fates, Fault, Point } from '../faults/fault.ts'
import type { Chance } from '../kernel/chance.ts'

export interface Mood {
  /** How likely something goes wrong at a point where it can. */
  probability: number
  /** No more faults than that at points. */
  most: number
}

/** Lets things go wrong as chance has it, until it is told to stop. */
export class SeededFates implements Fates {
  /** How often each fault happened. */
  readonly happened = new Map<Fault, number>()
  isOver = false
  readonly #chance: Chance
  readonly #mood: Mood
  #count = 0

  constructor(chance: Chance, mood: Mood) {
    this.#chance = chance
    this.#mood = mood
  }

  at<F extends Fault>({ faults }: Point<F>): F | undefined {
    if (this.isOver || this.#count >= this.#mood.most) return undefined
    if (!this.#chance.happens(this.#mood.probability)) return undefined
    const fault = this.#chance.oneOf(faults)
    this.#count += 1
    this.happened.set(fault, (this.happened.get(fault) ?? 0) + 1)
    return fault
  }
}
