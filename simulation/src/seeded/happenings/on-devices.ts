import { clearWorkFolder, losePendingKey, putJournal } from '../../device/by-hand.ts'
import { hourMs, minuteMs } from '../../kernel/durations.ts'
import { atOnce, type Happening } from '../happening.ts'
import { strangeTexts } from './strange-texts.ts'

/** For a quarter of an hour: longer than the component waits before it fails jobs. */
const mostLooksMissed = 20

/** What happens inside a device, to what its component relies on. */
export const happeningsOnDevices: Readonly<Record<string, Happening>> = {
  'journal-is-damaged': {
    ids: 'D10',
    begin: atOnce(({ device, chance }) => {
      putJournal(device.disk, chance.oneOf(['', '{"version":99}', '{"phase":"commit"', 'null']))
      device.cut('component-killed')
    }),
  },
  'pending-key-is-lost': {
    ids: 'D18',
    home: 'files',
    begin: ({ device, fired }) => {
      device.onceIn('ask', () => {
        if (losePendingKey(device.disk)) fired()
      })
    },
  },
  'hsm-is-late': {
    ids: 'D13',
    home: 'token',
    begin: atOnce(({ device, chance }) => {
      device.cut(chance.oneOf(['component-killed', 'greengrass-restarted', 'power-cut']))
      device.loseHsm(1 + chance.below(mostLooksMissed))
    }),
  },
  'component-is-removed': {
    ids: 'D19',
    begin: atOnce(({ device, chance, after }) => {
      device.removeComponent()
      if (chance.happens(0.5)) clearWorkFolder(device.disk)
      after(chance.below(3 * hourMs), () => {
        device.installComponent()
      })
    }),
  },
  'certificate-arrives-broken': {
    ids: 'D9',
    begin: ({ device, fired }) => {
      device.tamper = (topic, payload) => {
        if (!topic.endsWith('/create/accepted')) return payload
        device.tamper = undefined
        fired()
        return payload.replace('BEGIN CERTIFICATE', 'BEGIN NOTHING')
      }
    },
  },
  'ipc-is-gone': {
    ids: 'D12',
    begin: atOnce(({ device, chance, after }) => {
      device.setIpc(false)
      after(chance.below(30 * minuteMs), () => {
        device.setIpc(true)
      })
    }),
  },
  'strange-messages-arrive': {
    ids: 'M16',
    begin: atOnce(({ device, chance }) => {
      device.hear(chance.oneOf(device.topics), chance.oneOf(strangeTexts))
    }),
  },
  'strange-messages-are-sent': {
    ids: 'M16, A2, A3',
    begin: atOnce(({ world, device, chance }) => {
      const request = chance.oneOf(['create', 'commit'])
      world.impersonate(device.thing)
      device.greengrass.publish(
        `awslabs/things/${device.thing}/certificate/${request}`,
        chance.oneOf(strangeTexts),
        1,
      )
    }),
  },
}
