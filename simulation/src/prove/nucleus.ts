import { minuteMs } from '../kernel/durations.ts'
import type { Situation } from './situation.ts'
import { type Stage } from './stage.ts'
import { newOf, oldOf, refuseOldInstead, refuseOnceInstalled } from './turning-back.ts'

/** The nucleus goes on with another identity than it should have loaded until it is started anew. */
function loadInstead({ device }: Stage, certificateId: string): void {
  device.greengrass.setOnline(false)
  device.greengrass.loaded = certificateId as typeof device.greengrass.loaded
  device.greengrass.setOnline(true)
}

/** A Greengrass that is not connected, or with what it should not be. */
export const nucleusTroubles: readonly Situation[] = [
  {
    name: 'still-connected-with-old-at-commit',
    withFaults: true,
    async play(stage) {
      stage.rotate()
      await stage.phase('commit')
      loadInstead(stage, oldOf(stage))
    },
  },
  {
    name: 'still-connected-with-old-at-finish',
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      stage.at('before update-job', undefined)
      stage.at('before update-job', undefined, () => {
        stage.cancel('J1')
        loadInstead(stage, oldOf(stage))
      })
    },
  },
  {
    name: 'still-connected-with-new-at-consent',
    async play(stage) {
      refuseOnceInstalled(stage)
      stage.rotate()
      await stage.phase('consent')
      stage.refuse(newOf(stage), false)
      loadInstead(stage, newOf(stage))
    },
  },
  {
    name: 'not-connected-at-commit',
    async play(stage) {
      stage.rotate()
      await stage.phase('commit')
      stage.device.greengrass.hang()
    },
  },
  {
    name: 'not-connected-at-finish',
    async play(stage) {
      stage.rotate()
      await stage.phase('finish')
      stage.device.greengrass.hang()
    },
  },
  {
    name: 'not-connected-at-consent',
    async play(stage) {
      refuseOnceInstalled(stage)
      stage.rotate()
      await stage.phase('consent')
      stage.refuse(newOf(stage), false)
      stage.device.greengrass.hang()
    },
  },
  {
    name: 'not-connected-while-idle',
    async play(stage) {
      stage.device.greengrass.hang()
      await stage.wait(minuteMs)
      stage.rotate()
    },
  },
  {
    name: 'new-refused-and-no-probe-possible',
    async play(stage) {
      stage.device.isProbePossible = false
      refuseOnceInstalled(stage)
      stage.rotate()
    },
  },
  {
    name: 'the-probe-reaches-nothing',
    mustSucceed: 'at-once',
    async play(stage) {
      stage.device.isProbeReaching = false
      stage.rotate()
    },
  },
  {
    name: 'new-refused-and-the-probe-reaches-nothing',
    async play(stage) {
      stage.device.isProbeReaching = false
      refuseOnceInstalled(stage)
      stage.rotate()
    },
  },
  {
    name: 'both-refused-in-turn-and-no-probe-possible',
    async play(stage) {
      stage.device.isProbePossible = false
      stage.world.rob(stage.thing)
      stage.rotate('J1', { timeoutMinutes: 600 })
      await refuseOldInstead(stage)
    },
  },
  {
    name: 'both-refused-in-turn',
    async play(stage) {
      stage.world.rob(stage.thing)
      stage.rotate('J1', { timeoutMinutes: 600 })
      await refuseOldInstead(stage)
    },
  },
]
