import type { HomeKind, SimulatedDevice } from '../device/simulated-device.ts'
import type { Chance } from '../kernel/chance.ts'
import type { World } from '../world/world.ts'

/** What a happening acts on. */
export interface Stage {
  world: World
  chance: Chance
  /** The thing that it happens to. */
  device: SimulatedDevice
  /** Calls after so many milliseconds of simulated time. */
  after: (ms: number, call: () => void) => void
  /** To be called when it really goes wrong, which may be long after it began, or never; again is no more than once. */
  fired: () => void
}

/** Something that goes wrong for a while, or once, at a time that chance chooses. */
export interface Happening {
  /** Ids of the faults that it is an instance of. */
  ids: string
  /** It can go wrong only near the beginning of a run, so it begins within that time. */
  withinMs?: number
  /** It can go wrong only on devices that have their identity there. */
  home?: HomeKind
  /** Begins it; it ends by itself. */
  begin: (stage: Stage) => void
}

/** For what goes wrong as it begins. */
export const atOnce =
  (begin: (stage: Stage) => void) =>
  (stage: Stage): void => {
    begin(stage)
    stage.fired()
  }
