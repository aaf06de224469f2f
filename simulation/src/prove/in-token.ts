import { minuteMs } from '../kernel/durations.ts'
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
  {
    name: 'hsm-late-as-a-job-comes',
    home: 'token',
    mustSucceed: 'at-once',
    async play(stage) {
      stage.rotate()
      stage.device.cut('power-cut-hsm-late')
    },
  },
  {
    name: 'hsm-gone-as-a-job-comes',
    home: 'token',
    mustSucceed: 'at-last',
    async play(stage) {
      // Greengrass goes on with the connection that it has.
      stage.device.loseHsm(7)
      stage.device.cut('component-killed')
      await stage.wait(minuteMs)
      stage.rotate('J1', { retries: 0 })
      await stage.edge('fail-unread')
      stage.rotate('J2')
    },
  },
  {
    name: 'hsm-late-before-what-is-done-with-is-dropped',
    home: 'token',
    mustSucceed: 'at-once',
    async play(stage) {
      stage.rotate('J1')
      stage.at('before drop-identities', 'power-cut-hsm-late')
      await stage.edge('close-kept')
      stage.rotate('J2')
    },
  },
]
