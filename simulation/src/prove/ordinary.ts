import { hourMs } from '../kernel/durations.ts'
import { refuseNew } from '../world/operators.ts'
import type { Situation } from './situation.ts'

/** A rotation, and one whose first certificate is refused: what every set of faults is tried on. */
export const rotations: readonly Situation[] = [
  { name: 'good', withFaults: true, mustSucceed: 'at-once', play: async stage => stage.rotate() },
  {
    name: 'refused',
    withFaults: true,
    mustSucceed: 'at-last',
    async play(stage) {
      refuseNew(stage.world.cloud, stage.thing)
      stage.rotate()
    },
  },
]

/** What every rotation is, or would be without faults. */
export const ordinary: readonly Situation[] = [
  ...rotations,
  {
    name: 'quiet-hours-after-a-failure',
    async play(stage) {
      refuseNew(stage.world.cloud, stage.thing)
      stage.rotate('J1', { retries: 0 })
      await stage.wait(6 * hourMs)
    },
  },
]
