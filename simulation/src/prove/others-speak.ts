import type { Weather } from '../cloud/backend-functions.ts'
import { pooledKey } from '../device/key-pool.ts'
import { hourMs, minuteMs } from '../kernel/durations.ts'
import type { Situation } from './situation.ts'
import { type Stage } from './stage.ts'
import { newOf, oldOf, refuseOnceInstalled } from './turning-back.ts'

/** Of the keys of a run in the order in which they are made, the device's first; 31 and 32 are never made by it. */
const requestOf = async (nth: number): Promise<string> => (await pooledKey(nth)).csr

function begin({ world, thing }: Stage, jobId: string): void {
  world.cloud.call('iot-jobs-data', 'UpdateJobExecution', { jobId, thingName: thing, status: 'IN_PROGRESS' })
}

/** Somebody who has one of the device's keys, or only an old copy of what the device once said, says it again. */
export const othersSpeak: readonly Situation[] = [
  {
    name: 'a-request-for-a-job-that-waits',
    async play(stage) {
      const [old = ''] = stage.attached
      const csr = await requestOf(31)
      stage.device.greengrass.setOnline(false)
      stage.rotate()
      stage.say(old, 'create', { jobId: 'J1', executionNumber: 1, csr })
      await stage.wait(minuteMs)
      stage.device.greengrass.setOnline(true)
    },
  },
  {
    name: 'a-request-for-another-job-in-between',
    async play(stage) {
      const csr = await requestOf(32)
      stage.rotate('J1', { retries: 0 })
      await stage.phase('check')
      stage.rotate('J2', { retries: 0 })
      begin(stage, 'J2')
      stage.say(oldOf(stage), 'create', { jobId: 'J2', executionNumber: 1, csr })
    },
  },
  {
    name: 'an-old-request-for-another-job',
    async play(stage) {
      const csr = await requestOf(1)
      stage.rotate('J1', { retries: 0 })
      await stage.edge('close-to-idle')
      await stage.wait(minuteMs)
      stage.device.greengrass.setOnline(false)
      stage.rotate('J2')
      begin(stage, 'J2')
      stage.say(newOf(stage), 'create', { jobId: 'J2', executionNumber: 1, csr })
      await stage.wait(minuteMs)
      stage.device.greengrass.setOnline(true)
    },
  },
  {
    name: 'two-requests-at-once',
    async play(stage) {
      const [old = ''] = stage.attached
      const csr = await requestOf(31)
      stage.at('event of create inside the cloud', undefined, () => {
        stage.say(old, 'create', { jobId: 'J1', executionNumber: 1, csr })
      })
      stage.rotate()
    },
  },
  {
    name: 'another-request-after-the-switch',
    withFaults: true,
    async play(stage) {
      const csr = await requestOf(31)
      stage.rotate()
      await stage.phase('restart')
      stage.say(oldOf(stage), 'create', { jobId: 'J1', executionNumber: 1, csr })
    },
  },
  {
    name: 'another-request-after-the-commit',
    withFaults: true,
    async play(stage) {
      const csr = await requestOf(31)
      stage.at('event of finish inside the cloud', 'late')
      stage.rotate()
      await stage.phase('finish')
      stage.say(oldOf(stage), 'create', { jobId: 'J1', executionNumber: 1, csr })
    },
  },
  {
    name: 'a-version-1-device-says-that-it-is-back-on-old',
    async play(stage) {
      const [old = ''] = stage.attached
      stage.at('commit/accepted to the device', 'lost', () => {
        stage.say(old, 'commit', { jobId: 'J1' })
      })
      stage.rotate()
      await stage.wait(hourMs)
      stage.rotate('J2')
    },
  },
  {
    name: 'a-word-from-before-the-rollback',
    async play(stage) {
      refuseOnceInstalled(stage)
      stage.rotate('J1', { retries: 0 })
      await stage.edge('consent-to-fail')
      const old = oldOf(stage)
      stage.say(old, 'commit', { jobId: 'J1', executionNumber: 1, certificateId: old, turn: 0 })
      await stage.wait(hourMs)
      stage.say(old, 'commit', { jobId: 'J9', executionNumber: 1, certificateId: old, turn: 0 })
    },
  },
  {
    name: 'ends-while-its-request-is-handled',
    async play(stage) {
      const csr = await requestOf(1)
      stage.rotate('J1', { retries: 0 })
      await stage.phase('check')
      const slow: Weather = {
        failure: 'slow',
        fails: ({ life, operation }) => life.functionName === 'create' && operation === 'GetThingShadow',
      }
      stage.world.cloud.weathers.add(slow)
      stage.at('after DescribeJobExecution of create', undefined, () => {
        stage.cancel('J1')
      })
      stage.say(oldOf(stage), 'create', { jobId: 'J1', executionNumber: 1, csr })
      await stage.wait(minuteMs)
      stage.world.cloud.weathers.delete(slow)
      stage.rotate('J2')
    },
  },
  {
    name: 'an-answer-to-another-turn',
    mustSucceed: 'at-once',
    async play(stage) {
      stage.at('commit to the cloud', 'lost')
      stage.rotate()
      await stage.phase('commit')
      stage.answer('commit/accepted', {
        jobId: 'J1',
        executionNumber: 1,
        certificateId: newOf(stage),
        turn: 7,
      })
    },
  },
  {
    name: 'a-rejection-of-another-execution',
    mustSucceed: 'at-once',
    async play(stage) {
      stage.at('commit to the cloud', 'lost')
      stage.rotate()
      await stage.phase('commit')
      const certificateId = newOf(stage)
      const ids = { jobId: 'J0', executionNumber: 1, certificateId, turn: 0 }
      stage.answer('commit/rejected', {
        ...ids,
        code: 'ABANDONED',
        retryable: false,
        errorMsg: 'It is over.',
      })
    },
  },
  {
    name: 'cancelled-after-the-commit-and-nobody-hears',
    async play(stage) {
      stage.at('event of finish inside the cloud', 'lost')
      stage.rotate('J1', { retries: 0 })
      await stage.edge('restart-to-commit')
      stage.at('before update-job', undefined, () => {
        stage.cancel('J1')
      })
    },
  },
]
