import type { cutLeaves } from '@rotator/component/testing/simulated-disk'
import { refuseNew } from '../world/operators.ts'
import type { Situation } from './situation.ts'
import { newOf, oldOf, refuseOnceInstalled } from './turning-back.ts'

const weekInMinutes = 7 * 24 * 60

/** The power goes, and the disk keeps of what was not synced what is worst. */
const powerCuts = (
  ['nothing', 'names', 'torn'] as const satisfies readonly (typeof cutLeaves)[number][]
).flatMap(leaves =>
  [
    'after make-pending',
    'after publish-create',
    'after check-certificate',
    'after install',
    'before drop-identities',
  ].map(
    (where): Situation => ({
      name: `power-cut-${where.replaceAll(' ', '-')}-leaves-${leaves}`,
      mustSucceed: 'at-once',
      async play(stage) {
        stage.device.cutLeaves = leaves
        stage.at(where, 'power-cut')
        stage.rotate()
      },
    }),
  ),
)

/** One thing that goes wrong, at the moment that is worst for it. */
export const worstMoments: readonly Situation[] = [
  ...powerCuts,
  {
    name: 'component-killed-before-greengrass-is-restarted',
    mustSucceed: 'at-once',
    async play(stage) {
      stage.at('before restart-service', 'component-killed')
      stage.rotate()
    },
  },
  {
    name: 'answer-to-the-commit-lost',
    mustSucceed: 'at-once',
    async play(stage) {
      stage.at('commit/accepted to the device', 'lost')
      stage.rotate()
    },
  },
  {
    name: 'end-of-the-job-lost',
    mustSucceed: 'at-once',
    async play(stage) {
      stage.at('event of finish inside the cloud', 'lost')
      stage.rotate()
    },
  },
  {
    name: 'killed-after-attaching',
    mustSucceed: 'at-once',
    async play(stage) {
      stage.at('after AttachThingPrincipal of create', 'function-killed')
      stage.rotate()
    },
  },
  {
    name: 'answer-to-the-write-of-the-record-lost',
    mustSucceed: 'at-once',
    async play(stage) {
      let writes = 0
      stage.world.cloud.weathers.add({
        failure: 'answer-lost',
        fails: ({ life, operation }) => {
          if (life.functionName !== 'create' || operation !== 'UpdateThingShadow') return false
          writes += 1
          return writes === 2
        },
      })
      stage.rotate()
    },
  },
  {
    name: 'killed-after-the-word-to-old',
    async play(stage) {
      refuseOnceInstalled(stage)
      stage.at('after Publish of commit', 'function-killed')
      stage.rotate('J1', { retries: 0 })
    },
  },
  {
    name: 'killed-between-two-writes-of-the-end',
    async play(stage) {
      refuseNew(stage.world.cloud, stage.thing)
      stage.at('after UpdateThingShadow of finish', undefined)
      stage.at('after UpdateThingShadow of finish', 'function-killed')
      stage.rotate('J1', { retries: 0 })
    },
  },
  {
    name: 'killed-after-the-end-is-told',
    async play(stage) {
      refuseNew(stage.world.cloud, stage.thing)
      stage.at('after Publish of finish', 'function-killed')
      stage.rotate('J1', { retries: 0 })
    },
  },
  {
    name: 'new-refused-after-the-commit',
    async play(stage) {
      stage.rotate('J1', { retries: 0, timeoutMinutes: weekInMinutes })
      await stage.edge('restart-to-commit')
      stage.at('before update-job', 'greengrass-restarted', () => {
        stage.refuse(newOf(stage), true)
      })
    },
  },
  {
    name: 'word-of-old-overtaken-by-new',
    async play(stage) {
      refuseOnceInstalled(stage)
      stage.world.rob(stage.thing)
      stage.at('event of commit inside the cloud', 'overtaken', () => {
        stage.refuse(oldOf(stage), true)
        stage.refuse(newOf(stage), false)
      })
      stage.rotate('J1', { retries: 0, timeoutMinutes: weekInMinutes })
    },
  },
]
