import type { Fates, Fault, Point } from '../faults/fault.ts'

/** One fault at one point of a run, counted from 0. */
export interface Choice {
  index: number
  fault: Fault
}

/** Lets exactly the chosen faults happen, and remembers which points the run had. */
export class ChosenFates implements Fates {
  /** What could go wrong at each point, in order. */
  readonly points: (readonly Fault[])[] = []
  /** Chosen faults that did happen. */
  fired = 0
  readonly #choices: readonly Choice[]
  readonly #isWanted: (fault: Fault) => boolean
  readonly #isLeaf: boolean

  /** @param isLeaf no more faults are to be chosen, so points after the last one need not be remembered */
  constructor(choices: readonly Choice[], isWanted: (fault: Fault) => boolean, isLeaf = false) {
    this.#choices = choices
    this.#isWanted = isWanted
    this.#isLeaf = isLeaf
  }

  passes(): boolean {
    return this.#isLeaf && this.fired === this.#choices.length
  }

  at<F extends Fault>({ faults }: Point<F>): F | undefined {
    if (this.passes()) return undefined
    const index = this.points.length
    this.points.push(faults)
    const choice = this.#choices.find(one => one.index === index)
    const fault = choice && faults.find(one => one === choice.fault)
    if (fault !== undefined) this.fired += 1
    return fault
  }

  /** What to say where a chosen fault did not happen: then the run showed nothing of it. */
  get missed(): string[] {
    const missing = this.#choices.length - this.fired
    return missing === 0
      ? []
      : [`${missing} chosen faults did not happen: no such point comes, or it has no such fault`]
  }

  /** Every single fault that could happen after a point. */
  choicesAfter(index: number): Choice[] {
    return this.points.flatMap((faults, at) =>
      at <= index ? [] : faults.filter(this.#isWanted).map(fault => ({ index: at, fault })),
    )
  }
}
