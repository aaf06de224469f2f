import { recordShadowName } from '@rotator/protocol/names'
import { pooledKey } from '../device/key-pool.ts'
import { hourMs, minuteMs } from '../kernel/durations.ts'
import { issueByHand, keyByHand, leaveOnly, loseIdentity, putInPlace, storedIdentity } from './by-hand.ts'
import type { Situation } from './situation.ts'
import { type Stage } from './stage.ts'
import { newOf, oldOf, refuseOnceInstalled } from './turning-back.ts'

/** The device gets the identity and is started with it. */
function giveIdentity(stage: Stage, identity: ReturnType<typeof storedIdentity>): void {
  if (identity === undefined) return
  putInPlace(stage.device, identity)
  stage.device.cut('greengrass-restarted')
}

/** An operator gives the device an identity in place of all others. */
function replaceByHand(stage: Stage, key: Awaited<ReturnType<typeof keyByHand>>): void {
  const identity = issueByHand(stage, key)
  giveIdentity(stage, identity)
  leaveOnly(stage, identity.certificateId)
}

/** NEW is refused once its success has arrived; the device does not hear that it has. @returns NEW's id */
function refuseOnceReported(stage: Stage): string {
  const current = newOf(stage)
  stage.at('jobs/J1/update/accepted to the device', 'lost', () => {
    stage.refuse(current, true)
    stage.device.cut('greengrass-restarted')
  })
  return current
}

/** What a record says that the device does not expect, and records that are not there. */
export const recordTroubles: readonly Situation[] = [
  {
    name: 'given-a-certificate-by-hand',
    async play(stage) {
      stage.rotate()
      await stage.edge('close-to-idle')
      await stage.wait(minuteMs)
      stage.world.rob(stage.thing)
      replaceByHand(stage, await keyByHand())
      await stage.wait(minuteMs)
      stage.rotate('J2')
    },
  },
  {
    name: 'put-back-to-old-after-the-rotation',
    settings: { retireDelaySeconds: 900 },
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      await stage.phase('finish')
      const [old, identity] = [oldOf(stage), storedIdentity(stage.device, oldOf(stage))]
      const current = storedIdentity(stage.device, newOf(stage))
      await stage.edge('close-to-idle')
      stage.world.rob(stage.thing)
      giveIdentity(stage, identity)
      await stage.wait(minuteMs)
      stage.rotate('J2', { retries: 0 })
      await stage.until(() => !stage.attached.includes(old))
      giveIdentity(stage, current)
      await stage.wait(hourMs)
      stage.rotate('J3')
    },
  },
  {
    name: 'record-deleted-before-the-commit',
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      await stage.phase('restart')
      stage.world.deleteRecord(stage.thing)
      const [, current = ''] = stage.attached
      await stage.wait(hourMs)
      leaveOnly(stage, current)
    },
  },
  {
    name: 'record-deleted-and-new-refused',
    async play(stage) {
      refuseOnceInstalled(stage)
      stage.rotate('J1', { retries: 0 })
      await stage.edge('rollback-to-restart')
      const [old = ''] = stage.attached
      stage.world.deleteRecord(stage.thing)
      await stage.wait(hourMs)
      leaveOnly(stage, old)
    },
  },
  {
    name: 'new-kept-while-the-device-is-back-on-old',
    withFaults: true,
    settings: { retireDelaySeconds: 3600 },
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      await stage.phase('finish')
      const current = refuseOnceReported(stage)
      // With the event of the success lost as well, OLD's word comes first.
      stage.world.leaveHeld(stage.thing)
      await stage.phase('consent')
      stage.refuse(current, false)
    },
  },
  {
    name: 'a-clone-on-old-speaks',
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      await stage.phase('finish')
      const [old, current] = [oldOf(stage), newOf(stage)]
      stage.say(old, 'commit', { jobId: 'J1', executionNumber: 1, certificateId: old, turn: 0 })
      stage.cancel('J1')
      await stage.wait(hourMs)
      stage.say(current, 'commit', { jobId: 'J1', executionNumber: 1, certificateId: current, turn: 0 })
    },
  },
  {
    name: 'old-lost-and-the-job-over',
    settings: { retireDelaySeconds: 3600 },
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      await stage.phase('restart')
      loseIdentity(stage.device, oldOf(stage))
      stage.cancel('J1')
    },
  },
  {
    name: 'old-lost-and-the-record-of-another-job',
    settings: { retireDelaySeconds: 3600 },
    async play(stage) {
      const { csr } = await pooledKey(32)
      stage.rotate('J1', { retries: 0 })
      await stage.phase('restart')
      const old = oldOf(stage)
      stage.world.rob(stage.thing)
      loseIdentity(stage.device, old)
      stage.cancel('J1')
      stage.rotate('J2', { retries: 0 })
      stage.world.cloud.call('iot-jobs-data', 'UpdateJobExecution', {
        jobId: 'J2',
        thingName: stage.thing,
        status: 'IN_PROGRESS',
      })
      stage.say(old, 'create', { jobId: 'J2', executionNumber: 1, csr })
      await stage.edge('commit-no-way-back')
      replaceByHand(stage, await keyByHand())
    },
  },
  {
    name: 'new-kept-and-lost',
    settings: { retireDelaySeconds: 3600 },
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      await stage.phase('finish')
      const current = refuseOnceReported(stage)
      await stage.phase('consent')
      stage.world.rob(stage.thing)
      loseIdentity(stage.device, current)
      await stage.edge('consent-no-way-forward')
      replaceByHand(stage, await keyByHand())
    },
  },
  {
    name: 'held-and-new-refused',
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      stage.at('before update-job', undefined)
      stage.at('before update-job', undefined, () => {
        stage.cancel('J1')
        stage.refuse(newOf(stage), true)
      })
    },
  },
  {
    name: 'success-without-a-commit',
    async play(stage) {
      stage.rotate('J1', { retries: 0 })
      await stage.phase('restart')
      stage.world.impersonate(stage.thing)
      stage.world.cloud.call('iot-jobs-data', 'UpdateJobExecution', {
        jobId: 'J1',
        thingName: stage.thing,
        status: 'SUCCEEDED',
      })
    },
  },
  {
    name: 'record-of-version-1-with-a-device-on-new',
    async play(stage) {
      await writeVersionOneRecord(stage)
      stage.rotate('J1', { retries: 0 })
      await stage.wait(hourMs)
      stage.rotate('J2')
    },
  },
  {
    name: 'record-of-version-1-and-a-word-too-early',
    async play(stage) {
      const current = await writeVersionOneRecord(stage)
      stage.device.greengrass.setOnline(false)
      stage.rotate('J1', { retries: 0 })
      stage.say(current, 'commit', { jobId: 'J1', executionNumber: 1, certificateId: current, turn: 0 })
      await stage.wait(minuteMs)
      stage.device.greengrass.setOnline(true)
      await stage.wait(hourMs)
      stage.rotate('J2')
    },
  },
]

/** The backend was version 1's until now, and the device is on the NEW of it. @returns that one's id */
async function writeVersionOneRecord(stage: Stage): Promise<string> {
  const [newCertificateId = ''] = stage.attached
  const { certificateId: oldCertificateId } = issueByHand(stage, await keyByHand())
  const reported = { progress: 'created', oldCertificateId, newCertificateId }
  stage.world.cloud.call('iotdata', 'UpdateThingShadow', {
    thingName: stage.thing,
    shadowName: recordShadowName,
    payload: Buffer.from(JSON.stringify({ state: { reported } })),
  })
  return newCertificateId
}
