import { refuseNew } from '../world/operators.ts'
import type { Situation } from './situation.ts'

/** What every rotation is, or would be without faults. */
export const ordinary: readonly Situation[] = [
  { name: 'good', play: async stage => stage.rotate() },
  {
    name: 'refused',
    async play(stage) {
      refuseNew(stage.world.cloud, stage.thing)
      stage.rotate()
    },
  },
]
