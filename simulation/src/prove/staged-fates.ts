import type { Fates, Fault, Point } from '../faults/fault.ts'

interface Planned {
  where: string
  fault: Fault | undefined
  act: () => void
}

/** What a situation has planned comes first; everything else is left to fate. */
export class StagedFates implements Fates {
  readonly #fates: Fates
  readonly #planned: Planned[] = []
  /** What went wrong so far. */
  readonly fired = new Set<Fault>()

  constructor(fates: Fates) {
    this.#fates = fates
  }

  /** The next time that the world comes to this point. @param fault undefined: nothing goes wrong there by itself */
  plan(where: string, fault: Fault | undefined, act: () => void): void {
    this.#planned.push({ where, fault, act })
  }

  passes(): boolean {
    return this.#planned.length === 0 && this.#fates.passes?.() === true
  }

  at<F extends Fault>(point: Point<F>): F | undefined {
    const index = this.#planned.findIndex(({ where }) => where === point.where)
    const [planned] = index < 0 ? [] : this.#planned.splice(index, 1)
    planned?.act()
    const fault =
      planned?.fault === undefined ? this.#fates.at(point) : point.faults.find(one => one === planned.fault)
    if (fault !== undefined) this.fired.add(fault)
    return fault
  }
}
