import type { Fates, Fault, Point } from '../faults/fault.ts'
import type { Chance } from '../kernel/chance.ts'

export interface Mood {
  /** How likely something goes wrong at a point where it can, after the first fault. */
  probability: number
  /** The first fault comes at one of so many first points: a run in which nothing goes wrong shows little. */
  firstWithin: number
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
  /** How many points pass before the next fault. */
  #toPass: number

  constructor(chance: Chance, mood: Mood) {
    this.#chance = chance
    this.#mood = mood
    this.#toPass = Math.min(chance.below(mood.firstWithin), this.#drawPause())
  }

  passes(): boolean {
    if (this.isOver || this.#count >= this.#mood.most) return true
    if (this.#toPass === 0) return false
    this.#toPass -= 1
    return true
  }

  at<F extends Fault>({ faults }: Point<F>): F | undefined {
    if (this.passes()) return undefined
    const fault = this.#chance.oneOf(faults)
    this.#count += 1
    this.#toPass = this.#drawPause()
    this.happened.set(fault, (this.happened.get(fault) ?? 0) + 1)
    return fault
  }

  /** As many as would pass if each had its own chance. */
  #drawPause(): number {
    const { probability } = this.#mood
    if (probability === 0) return Infinity
    return Math.floor(Math.log(1 - this.#chance.fraction()) / Math.log(1 - probability))
  }
}
