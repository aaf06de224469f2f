import { type EdgeId, type Transition, transitions } from '@rotator/rotation/device/transitions'
import type { Violation } from '@rotator/rotation/invariants'

/** Which life of Greengrass each device asked to end. */
export class RestartWatch {
  readonly #lives = new Map<string, number>()

  /**
   * A device may ask over an identity only once Greengrass has loaded it, and that takes another life of it.
   *
   * @param life of Greengrass at this moment
   */
  atEdge(thing: string, edge: EdgeId, life: number): Violation[] {
    const { from, to }: Transition = transitions[edge]
    const before = this.#lives.get(thing)
    if (to === 'restart') this.#lives.set(thing, life)
    const isTakenForRestarted = from === 'restart' && (to === 'commit' || to === 'consent')
    return isTakenForRestarted && life === before
      ? [{ rule: 3, problem: 'the device took Greengrass for restarted, and it was not' }]
      : []
  }
}
