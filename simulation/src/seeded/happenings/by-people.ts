import { hourMs, minuteMs } from '../../kernel/durations.ts'
import type { Happening } from '../happening.ts'

/** What operators and other programs do, meaning well. */
export const happeningsByPeople: Readonly<Record<string, Happening>> = {
  'another-rotation-job': {
    ids: 'C11',
    begin: ({ world, device }) => {
      world.createJob(world.nextJobId(), [device.thing], { retries: 0, timeoutMinutes: 30 })
      return true
    },
  },
  'a-job-of-another-team': {
    ids: 'M12',
    begin: ({ world, device, chance, after }) => {
      const jobId = world.createForeignJob(device.thing)
      after(chance.below(30 * minuteMs), () => {
        world.cloud.call('iot', 'DeleteJob', { jobId, force: true })
      })
      return true
    },
  },
  'the-old-certificate-is-deactivated': {
    ids: 'C14',
    begin: ({ world, device, chance, after }) => {
      const [certificateId] = world.attachedTo(device.thing)
      if (certificateId === undefined) return false
      const set = (newStatus: 'ACTIVE' | 'INACTIVE') => {
        if (world.cloud.registry.certificates.find(certificateId) === undefined) return
        world.cloud.call('iot', 'UpdateCertificate', { certificateId, newStatus })
      }
      world.rob(device.thing)
      set('INACTIVE')
      after(chance.below(hourMs), () => {
        set('ACTIVE')
      })
      return true
    },
  },
  'the-record-is-deleted': {
    ids: 'C16',
    begin: ({ world, device }) => world.deleteRecord(device.thing),
  },
}
