import { hourMs, minuteMs } from '../kernel/durations.ts'
import { refuseNew } from '../world/operators.ts'
import { issueByHand, keyByHand, leaveOnly } from './by-hand.ts'
import type { Situation } from './situation.ts'
import { type Stage } from './stage.ts'

function attach(stage: Stage, certificateId: string, exclusive: boolean): void {
  const principal = stage.world.cloud.registry.certificates.arnOf(certificateId)
  const thingPrincipalType = exclusive ? 'EXCLUSIVE_THING' : 'NON_EXCLUSIVE_THING'
  const attachment = { thingName: stage.thing, principal }
  if (stage.attached.includes(certificateId))
    stage.world.cloud.call('iot', 'DetachThingPrincipal', attachment)
  stage.world.cloud.call('iot', 'AttachThingPrincipal', { ...attachment, thingPrincipalType })
}

/** What stands in the way of a rotation before anything is switched; once it is gone, the next one succeeds. */
export const refusals: readonly Situation[] = [
  {
    name: 'job-that-cannot-be-done',
    async play(stage) {
      stage.rotateBy('{"operation":"ROTATE_CERTIFICATE","keyAlgorithm":"NONE"}')
      await stage.edge('fail-recorded')
      stage.rotate('J2')
    },
  },
  {
    name: 'job-of-another-team-comes-first',
    async play(stage) {
      const jobId = stage.world.createForeignJob(stage.thing)
      stage.rotate('J2')
      await stage.wait(hourMs)
      stage.world.cloud.call('iot', 'DeleteJob', { jobId, force: true })
    },
  },
  {
    name: 'certificate-not-attached',
    async play(stage) {
      const [certificateId = ''] = stage.attached
      const principal = stage.world.cloud.registry.certificates.arnOf(certificateId)
      stage.world.rob(stage.thing)
      stage.world.cloud.call('iot', 'DetachThingPrincipal', { thingName: stage.thing, principal })
      stage.rotate('J1', { retries: 0 })
      await stage.edge('fail-recorded')
      attach(stage, certificateId, true)
      stage.rotate('J2')
    },
  },
  {
    name: 'certificate-not-exclusive',
    async play(stage) {
      const [certificateId = ''] = stage.attached
      attach(stage, certificateId, false)
      stage.rotate('J1', { retries: 0 })
      await stage.edge('fail-recorded')
      attach(stage, certificateId, true)
      stage.rotate('J2')
    },
  },
  {
    name: 'certificate-that-nobody-knows',
    async play(stage) {
      const [old = ''] = stage.attached
      issueByHand(stage, await keyByHand())
      stage.rotate('J1', { retries: 0 })
      await stage.edge('fail-recorded')
      leaveOnly(stage, old)
      stage.rotate('J2')
    },
  },
  {
    name: 'certificate-that-is-none',
    async play(stage) {
      stage.at('event of create inside the cloud', 'late', () => {
        stage.answer('create/accepted', { certificatePem: 'none' })
      })
      stage.rotate()
    },
  },
  {
    name: 'certificate-without-end',
    async play(stage) {
      stage.at('event of create inside the cloud', 'late', () => {
        stage.answer('create/accepted', { certificatePem: 'long'.repeat(10_000) })
      })
      stage.rotate()
    },
  },
  {
    name: 'disk-full-at-install',
    async play(stage) {
      stage.at('before install', undefined, () => {
        stage.device.disk.failure = (operation, path) =>
          operation === 'rename' && path.endsWith('/current') ? 'ENOSPC' : undefined
        stage.after(10 * minuteMs, () => {
          stage.device.disk.failure = undefined
        })
      })
      stage.rotate()
    },
  },
  {
    name: 'ends-while-new-is-checked',
    async play(stage) {
      refuseNew(stage.world.cloud, stage.thing)
      stage.rotate('J1', { retries: 0 })
      await stage.phase('check')
      await stage.wait(minuteMs)
      stage.cancel('J1')
    },
  },
  {
    name: 'ends-while-a-certificate-is-asked-for',
    async play(stage) {
      stage.at('event of create inside the cloud', 'lost')
      stage.rotate('J1', { retries: 0 })
      await stage.phase('ask')
      await stage.wait(2_000)
      stage.cancel('J1')
    },
  },
  {
    name: 'ends-before-the-device-hears-of-it',
    async play(stage) {
      stage.device.greengrass.setOnline(false)
      stage.rotate('J1', { retries: 0 })
      await stage.wait(minuteMs)
      stage.cancel('J1')
      await stage.wait(minuteMs)
      stage.device.greengrass.setOnline(true)
      await stage.wait(6 * hourMs)
    },
  },
]
