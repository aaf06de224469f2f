import { hourMs, minuteMs, secondMs } from '../../kernel/durations.ts'
import { attachStray, giveByHand, putFirstFilesBack } from '../../world/field-work.ts'
import { atOnce, type Happening } from '../happening.ts'

/** What operators and other programs do, meaning well. */
export const happeningsByPeople: Readonly<Record<string, Happening>> = {
  'another-rotation-job': {
    ids: 'C11',
    begin: atOnce(({ world, device }) => {
      world.createJob(world.nextJobId(), [device.thing], { retries: 0, timeoutMinutes: 30 })
    }),
  },
  'a-job-of-another-team': {
    ids: 'M12',
    begin: atOnce(({ world, device, chance, after }) => {
      const jobId = world.createForeignJob(device.thing)
      after(chance.below(30 * minuteMs), () => {
        world.cloud.call('iot', 'DeleteJob', { jobId, force: true })
      })
    }),
  },
  'the-old-certificate-is-deactivated': {
    ids: 'C14',
    begin: ({ world, device, chance, after, fired }) => {
      const certificateId = device.greengrass.loaded
      if (certificateId === undefined || !world.attachedTo(device.thing).includes(certificateId)) return
      const set = (newStatus: 'ACTIVE' | 'INACTIVE') => {
        if (world.cloud.registry.certificates.find(certificateId) === undefined) return
        world.cloud.call('iot', 'UpdateCertificate', { certificateId, newStatus })
      }
      world.rob(device.thing)
      set('INACTIVE')
      fired()
      after(chance.below(hourMs), () => {
        // Whoever activates what is about to be retired, or is the device's no more, keeps it for good.
        const record = world.cloud.recordOf(device.thing)
        const isToGo = record.progress !== 'none' && record.retiring.some(id => id === certificateId)
        if (!isToGo && world.attachedTo(device.thing).includes(certificateId)) set('ACTIVE')
      })
    },
  },
  'the-record-is-deleted': {
    ids: 'C16',
    begin: ({ world, device, fired }) => {
      if (world.deleteRecord(device.thing)) fired()
    },
  },
  'a-certificate-is-given-by-hand': {
    ids: 'C21',
    home: 'files',
    begin: atOnce(({ world, device, after }) => {
      giveByHand(world, device)
      after(10 * minuteMs, () => {
        world.createJob(world.nextJobId(), [device.thing], { retries: 1, timeoutMinutes: 60 })
      })
    }),
  },
  'the-first-files-are-put-back': {
    ids: 'D11',
    home: 'files',
    withinMs: minuteMs,
    begin: ({ world, device, chance, after, fired }) => {
      device.onceIn('check', () => {
        after(chance.below(8 * secondMs), () => {
          if (putFirstFilesBack(world, device)) fired()
        })
      })
    },
  },
  'a-stray-certificate-is-attached': {
    ids: 'C15',
    begin: atOnce(({ world, device, chance, after }) => {
      const isExclusive = chance.happens(0.5)
      const principal = attachStray(world, device.thing, isExclusive)
      after(chance.below(hourMs), () => {
        if (!world.cloud.registry.principals.isAttached(device.thing, principal)) return
        world.cloud.call('iot', 'DetachThingPrincipal', { thingName: device.thing, principal })
      })
    }),
  },
}
