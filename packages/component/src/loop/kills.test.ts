import type { EffectKind } from '@rotator/rotation/device/effects'
import { describe, expect, test } from 'vitest'
import { StoreError } from '../identities/identity-store.ts'
import { oldId, SimulatedDevice } from '../testing/simulated-device.ts'

/** Ways of a rotation that together give every order there is. */
const ways = {
  'a rotation that succeeds': { prepare: () => {}, end: 'SUCCEEDED' },
  'a rotation whose commit is refused': {
    prepare: (device: SimulatedDevice) => {
      device.cloud.verdict = 'refuse'
    },
    end: 'FAILED',
  },
  'a rotation that goes back and forward': {
    prepare: (device: SimulatedDevice) => {
      device.cloud.verdict = 'refuse-first'
    },
    end: 'SUCCEEDED',
  },
  'a rotation that cannot be installed': {
    prepare: (device: SimulatedDevice) => {
      for (let n = 0; n < 2; n += 1) {
        device.store.failNext('place', new StoreError('INSTALL_FAILED', 'The disk is full.'))
      }
    },
    end: 'FAILED',
  },
  'a rotation that begins in silence': {
    prepare: (device: SimulatedDevice) => {
      device.cloud.silentFor = 12
    },
    end: 'SUCCEEDED',
  },
} as const

const allKinds: Record<EffectKind, true> = {
  'publish-create': true,
  'publish-commit': true,
  'update-job': true,
  'get-next-job': true,
  'get-job': true,
  'make-pending': true,
  'check-certificate': true,
  compare: true,
  'probe-current': true,
  install: true,
  'undo-install': true,
  'roll-back': true,
  'roll-forward': true,
  'drop-identities': true,
  'restart-service': true,
  'arm-timer': true,
  'defer-updates': true,
  'allow-updates': true,
}

async function rotate(way: keyof typeof ways, kill?: SimulatedDevice['kill']): Promise<SimulatedDevice> {
  const device = new SimulatedDevice()
  ways[way].prepare(device)
  device.kill = kill
  await device.run()
  return device
}

/** Everything that must hold at the end, with the story that led there. */
const outcomeOf = ({ cloud, store }: SimulatedDevice, told: string): object => ({
  told,
  violations: cloud.violations,
  status: cloud.status,
  isOnOld: store.current === oldId,
  isOnNew: store.current === cloud.new,
  isConnectedWithCurrent: cloud.connected === store.current,
  mark: cloud.statusDetails['CertificateRotator'],
})

const settled = (end: 'SUCCEEDED' | 'FAILED', told: string): object => ({
  told,
  violations: [],
  status: end,
  isOnOld: end === 'FAILED',
  isOnNew: end === 'SUCCEEDED',
  isConnectedWithCurrent: true,
  mark: 'true',
})

describe('D1: killed before and after every order', () => {
  const killed = new Set<string>()

  test.each(Object.keys(ways) as (keyof typeof ways)[])('%s converges', async way => {
    const { end } = ways[way]
    const whole = await rotate(way)
    expect(outcomeOf(whole, 'no kill')).toEqual(settled(end, 'no kill'))
    let fired = 0
    for (let at = 0; at < whole.performed.length; at += 1) {
      for (const when of ['before', 'after'] as const) {
        const device = await rotate(way, { at, when })
        expect(device.killedAround).toBe(whole.performed[at])
        fired += 1
        killed.add(`${when} ${device.killedAround}`)
        // A failure that the killed process had met need not come again.
        const isOnceOnly =
          way === 'a rotation that cannot be installed' && device.cloud.status === 'SUCCEEDED'
        const told = `killed ${when} ${device.killedAround} (${at})`
        expect(outcomeOf(device, told)).toEqual(settled(isOnceOnly ? 'SUCCEEDED' : end, told))
      }
    }
    expect(fired).toBe(2 * whole.performed.length)
  })

  test('and no order was left out', () => {
    const expected = Object.keys(allKinds).flatMap(kind => [`before ${kind}`, `after ${kind}`])
    expect([...killed].sort()).toEqual(expected.sort())
  })
})
