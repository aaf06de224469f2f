import { cutLeaves } from '@rotator/component/testing/simulated-disk'
import { hourMs, minuteMs } from '../../kernel/durations.ts'
import type { Happening, Stage } from '../happening.ts'

const always = (begin: (stage: Stage) => void) => (stage: Stage) => {
  begin(stage)
  return true
}

/** What happens to a device from outside of its own doing. */
export const happeningsToDevices: Readonly<Record<string, Happening>> = {
  'network-gone': {
    ids: 'D4, D17',
    begin: always(({ device, chance, after }) => {
      device.greengrass.setOnline(false)
      const longest = chance.happens(0.05) ? 26 * hourMs : chance.oneOf([20 * minuteMs, 2 * hourMs])
      after(chance.below(longest), () => {
        device.greengrass.setOnline(true)
      })
    }),
  },
  'greengrass-restarts': {
    ids: 'D5',
    begin: always(({ device }) => {
      device.cut('greengrass-restarted')
    }),
  },
  'component-dies': {
    ids: 'D1',
    begin: always(({ device }) => {
      device.cut('component-killed')
    }),
  },
  'power-fails-at-a-write': {
    ids: 'D2',
    begin: always(({ device, chance }) => {
      device.cutLeaves = chance.oneOf(cutLeaves)
      device.disk.cutBefore = device.disk.operations.length + chance.below(40)
    }),
  },
  'disk-fails': {
    ids: 'D3',
    begin: always(({ device, chance, after }) => {
      const code = chance.oneOf(['ENOSPC', 'EROFS', 'EIO'])
      device.disk.failure = () => code
      after(chance.below(30 * minuteMs), () => {
        device.disk.failure = undefined
      })
    }),
  },
  'one-write-fails': {
    ids: 'D3',
    begin: always(({ device, chance }) => {
      const code = chance.oneOf(['ENOSPC', 'EIO'])
      let left = chance.below(40)
      device.disk.failure = () => {
        left -= 1
        if (left >= 0) return undefined
        device.disk.failure = undefined
        return code
      }
    }),
  },
  'clock-is-wrong': {
    ids: 'D8',
    begin: always(({ device, chance, after }) => {
      device.clockErrorMs = chance.oneOf([-20, -1, 1]) * 365 * 24 * hourMs
      after(chance.below(hourMs), () => {
        device.clockErrorMs = 0
      })
    }),
  },
  'restarts-are-swallowed': {
    ids: 'D6, D16',
    begin: always(({ device, chance }) => {
      device.swallowedRestarts = 1 + chance.below(3)
    }),
  },
  'no-probe-is-possible': {
    ids: 'D7',
    begin: always(({ device }) => {
      device.isProbePossible = false
    }),
  },
}
