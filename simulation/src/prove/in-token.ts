import { refuseNew } from '../world/operators.ts'
import type { Situation } from './situation.ts'

/** Rotations of an identity in an HSM, which cannot be tried before the switch. */
export const inToken: readonly Situation[] = [
  {
    name: 'good-in-a-token',
    home: 'token',
    withFaults: true,
    mustSucceed: 'at-once',
    play: async stage => stage.rotate(),
  },
  {
    name: 'refused-in-a-token',
    home: 'token',
    async play(stage) {
      refuseNew(stage.world.cloud, stage.thing)
      stage.rotate()
    },
  },
]
