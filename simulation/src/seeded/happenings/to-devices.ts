import { cutLeaves } from '@rotator/component/testing/simulated-disk'
import { hourMs, minuteMs } from '../../kernel/durations.ts'
import { atOnce, type Happening } from '../happening.ts'

/** Fewer than a rotation makes, so that it comes to most of them. */
const mostWritesPassed = 40

/** What happens to a device from outside of its own doing. */
export const happeningsToDevices: Readonly<Record<string, Happening>> = {
  'network-gone': {
    ids: 'D4, D17',
    begin: atOnce(({ device, chance, after }) => {
      device.greengrass.setOnline(false)
      const longest = chance.happens(0.05) ? 26 * hourMs : chance.oneOf([20 * minuteMs, 2 * hourMs])
      after(chance.below(longest), () => {
        device.greengrass.setOnline(true)
      })
    }),
  },
  'greengrass-restarts': {
    ids: 'D5',
    begin: atOnce(({ device }) => {
      device.cut('greengrass-restarted')
    }),
  },
  'component-dies': {
    ids: 'D1',
    begin: atOnce(({ device }) => {
      device.cut('component-killed')
    }),
  },
  'power-fails-at-a-write': {
    ids: 'D2',
    begin: ({ device, chance, fired }) => {
      let toPass = chance.below(mostWritesPassed)
      device.cutAtWrite = () => {
        toPass -= 1
        if (toPass >= 0) return undefined
        device.cutAtWrite = () => undefined
        fired()
        return chance.oneOf(cutLeaves)
      }
    },
  },
  'disk-fails': {
    ids: 'D3',
    begin: ({ device, chance, after, fired }) => {
      const code = chance.oneOf(['ENOSPC', 'EROFS', 'EIO'])
      device.disk.failure = () => {
        fired()
        return code
      }
      after(chance.below(30 * minuteMs), () => {
        device.disk.failure = undefined
      })
    },
  },
  'one-write-fails': {
    ids: 'D3',
    begin: ({ device, chance, fired }) => {
      const code = chance.oneOf(['ENOSPC', 'EIO'])
      let toPass = chance.below(mostWritesPassed)
      device.disk.failure = () => {
        toPass -= 1
        if (toPass >= 0) return undefined
        device.disk.failure = undefined
        fired()
        return code
      }
    },
  },
  'clock-is-wrong': {
    ids: 'D8',
    begin: atOnce(({ device, chance, after }) => {
      device.clockErrorMs = chance.oneOf([-20, -1, 1]) * 365 * 24 * hourMs
      after(chance.below(hourMs), () => {
        device.clockErrorMs = 0
      })
    }),
  },
  'restarts-are-swallowed': {
    ids: 'D6, D16',
    begin: ({ device, chance, fired }) => {
      let left = 1 + chance.below(3)
      device.restartFate = () => {
        if (left === 0) return 'happens'
        left -= 1
        fired()
        return chance.oneOf(['refused', 'swallowed'])
      }
    },
  },
  'no-probe-is-possible': {
    ids: 'D7',
    begin: atOnce(({ device }) => {
      device.isProbePossible = false
    }),
  },
}
