import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readSettings } from './settings.ts'

const pageOf = (page: string): string =>
  readFileSync(new URL(`../../../docs/how-to/${page}.md`, import.meta.url), 'utf8')

function thrownBy(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('the settings of a deployment', () => {
  test('have defaults for everything', () => {
    expect(readSettings({ 'aws:cdk:something': true })).toEqual({
      privateCa: undefined,
      retireDelaySeconds: 600,
      retireHoldSeconds: 86_400,
      sweepEveryMinutes: 15,
      sweepRoundMinutes: 1_440,
      sweepGraceSeconds: 300,
      rotationsPerMinute: 450,
      upgradeFromV1: false,
      triggers: undefined,
    })
  })

  test('come as text from the command line, or as values', () => {
    expect(
      readSettings({ RetireDelayInSeconds: '0', RetireHoldInSeconds: 5, UpgradeFromV1: 'true' }),
    ).toMatchObject({ retireDelaySeconds: 0, retireHoldSeconds: 5, upgradeFromV1: true })
    expect(
      readSettings({ SweepEveryInMinutes: '1', SweepRoundInMinutes: 60, SweepGraceInSeconds: '5' }),
    ).toMatchObject({ sweepEveryMinutes: 1, sweepRoundMinutes: 60, sweepGraceSeconds: 5 })
    expect(readSettings({ RotationsPerMinute: '1000' }).rotationsPerMinute).toBe(1_000)
    expect(readSettings({ UpgradeFromV1: true }).upgradeFromV1).toBe(true)
    expect(readSettings({ UpgradeFromV1: 'false' }).upgradeFromV1).toBe(false)
  })

  test('may name an authority of AWS Private CA', () => {
    const PcaCaId = '12345678-1234-1234-1234-1234567890ab'
    expect(readSettings({ PcaCaId }).privateCa).toEqual({
      id: PcaCaId,
      validityDays: 7,
      signingAlgorithm: 'SHA256WITHRSA',
      revokeOnRetirement: false,
    })
    expect(
      readSettings({
        PcaCaId,
        PcaValidityInDays: '365',
        PcaSigningAlgorithm: 'SHA512WITHECDSA',
        PcaRevokeOnRetirement: 'true',
      }).privateCa,
    ).toEqual({
      id: PcaCaId,
      validityDays: 365,
      signingAlgorithm: 'SHA512WITHECDSA',
      revokeOnRetirement: true,
    })
    expect(readSettings({ PcaCaId: '' }).privateCa).toBeUndefined()
  })

  test.each([
    'PcaCaID',
    'pcaValidityInDays',
    'RetireHold',
    'RotationPerMinute',
    'UpgradeFromV2',
    'TriggerAfter',
  ])('refuse %s, which looks like one of them and is none', name => {
    expect(() => readSettings({ [name]: '1' })).toThrow(
      new RegExp(`cannot be used: there is no ${name}\\. Choose from PcaCaId, .*TriggerAfterDays`, 'u'),
    )
  })

  test('are all in the how-tos of deploying and of the triggers', () => {
    const message = String(thrownBy(() => readSettings({ PcaNothing: '' })))
    const names = /Choose from (.*)\./u.exec(message)?.[1]?.split(', ') ?? []
    expect(names.length).toBeGreaterThan(10)
    const text = ['deploy', 'trigger-rotations'].map(pageOf).join('')
    expect(names.filter(name => !new RegExp(`\\b${name}\\b`, 'u').test(text))).toEqual([])
  })

  test('do not revoke at an authority that there is not', () => {
    expect(() => readSettings({ PcaRevokeOnRetirement: true })).toThrow(
      /PcaRevokeOnRetirement needs PcaCaId/u,
    )
  })

  test.each([{ PcaValidityInDays: '365' }, { PcaSigningAlgorithm: 'SHA256WITHECDSA' }])(
    'of an authority need one, or AWS IoT would issue unnoticed: %j',
    context => {
      const [name = ''] = Object.keys(context)
      expect(() => readSettings(context)).toThrow(`cannot be used: ${name} needs PcaCaId`)
    },
  )

  test("of version 1's defaults, with an id that is empty, have AWS IoT issue", () => {
    const defaults = { PcaCaId: '', PcaValidityInDays: '7', PcaSigningAlgorithm: 'SHA256WITHRSA' }
    expect(readSettings(defaults).privateCa).toBeUndefined()
  })

  test.each([
    { PcaCaId: 'my-authority' },
    { PcaCaId: 'arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/1' },
    { PcaValidityInDays: 'beta' },
    { PcaValidityInDays: 0 },
    { PcaValidityInDays: 1.5 },
    { PcaValidityInDays: '36501' },
    { PcaSigningAlgorithm: 'SHA1WITHRSA' },
    { PcaSigningAlgorithm: 'sha256WithRSA' },
    { PcaRevokeOnRetirement: 'yes' },
    { RetireDelayInSeconds: 'ten' },
    { RetireDelayInSeconds: -1 },
    { RetireHoldInSeconds: 1.5 },
    { RetireHoldInSeconds: '99999999' },
    { UpgradeFromV1: 'yes' },
    { SweepEveryInMinutes: 0 },
    { SweepEveryInMinutes: 'often' },
    { SweepEveryInMinutes: 1.5 },
    { SweepRoundInMinutes: 10_081 },
    { RotationsPerMinute: 0 },
    { RotationsPerMinute: '1001' },
    { RotationsPerMinute: 4.5 },
    { RotationsPerMinute: 'fast' },
  ])('that cannot be used are named: %j', context => {
    const [name = ''] = Object.keys(context)
    expect(() => readSettings(context)).toThrow(new RegExp(`cannot be used: ${name}: must`, 'u'))
  })
})
