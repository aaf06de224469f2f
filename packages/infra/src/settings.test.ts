import { describe, expect, test } from 'vitest'
import { readSettings } from './settings.ts'

describe('the settings of a deployment', () => {
  test('have defaults for everything', () => {
    expect(readSettings({ 'aws:cdk:something': true })).toEqual({
      retireDelaySeconds: 600,
      retireHoldSeconds: 86_400,
      sweepEveryMinutes: 15,
      sweepRoundMinutes: 1_440,
      sweepGraceSeconds: 300,
      upgradeFromV1: false,
    })
  })

  test('come as text from the command line, or as values', () => {
    expect(
      readSettings({ RetireDelayInSeconds: '0', RetireHoldInSeconds: 5, UpgradeFromV1: 'true' }),
    ).toMatchObject({ retireDelaySeconds: 0, retireHoldSeconds: 5, upgradeFromV1: true })
    expect(
      readSettings({ SweepEveryInMinutes: '1', SweepRoundInMinutes: 60, SweepGraceInSeconds: '5' }),
    ).toMatchObject({ sweepEveryMinutes: 1, sweepRoundMinutes: 60, sweepGraceSeconds: 5 })
    expect(readSettings({ UpgradeFromV1: true }).upgradeFromV1).toBe(true)
    expect(readSettings({ UpgradeFromV1: 'false' }).upgradeFromV1).toBe(false)
  })

  test.each([
    { RetireDelayInSeconds: 'ten' },
    { RetireDelayInSeconds: -1 },
    { RetireHoldInSeconds: 1.5 },
    { RetireHoldInSeconds: '99999999' },
    { UpgradeFromV1: 'yes' },
    { SweepEveryInMinutes: 0 },
    { SweepEveryInMinutes: 'often' },
    { SweepEveryInMinutes: 1.5 },
    { SweepRoundInMinutes: 10_081 },
  ])('that cannot be used are named: %j', context => {
    const [name = ''] = Object.keys(context)
    expect(() => readSettings(context)).toThrow(new RegExp(`cannot be used: ${name}: must`, 'u'))
  })
})
