import { describe, expect, test } from 'vitest'
import { settingsOfProps } from './props-settings.ts'
import { readSettings } from './settings.ts'

const privateCa = {
  id: '12345678-1234-1234-1234-1234567890ab',
  validityDays: 30,
  signingAlgorithm: 'SHA256WITHECDSA',
  revokeOnRetirement: true,
} as const
const triggers = {
  thingGroup: 'cores',
  aged: { afterDays: 90, schedule: 'rate(1 hour)' },
  auditTopicArn: 'arn:aws:sns:eu-west-1:123456789012:audits',
  anomalyTopicArn: undefined,
}

describe('the settings in the props of the construct', () => {
  test('are, without any, those of a context without any', () => {
    expect(settingsOfProps({})).toEqual(readSettings({}))
    const nothing = { retireHoldSeconds: undefined, privateCa: undefined, triggers: undefined }
    expect(settingsOfProps(nothing as object)).toEqual(readSettings({}))
  })

  test('come out as they were given', () => {
    const given = {
      privateCa,
      retireDelaySeconds: 1,
      retireHoldSeconds: 2,
      sweepEveryMinutes: 3,
      sweepRoundMinutes: 4,
      sweepGraceSeconds: 5,
      rotationsPerMinute: 6,
      upgradeFromV1: true,
      triggers,
    }
    expect(settingsOfProps(given)).toEqual(given)
  })

  test('that were read from a context stay as they are', () => {
    const read = readSettings({ TriggerThingGroup: 'cores', TriggerAuditTopicArn: triggers.auditTopicArn })
    expect(settingsOfProps(read)).toEqual(read)
  })

  test.each([
    [{ retireHoldSeconds: -1 }, 'RetireHoldInSeconds: must not be negative'],
    [{ rotationsPerMinute: 1_001 }, 'RotationsPerMinute: must not exceed 1000'],
    [{ sweepEveryMinutes: 0.5 }, 'SweepEveryInMinutes: must be whole minutes'],
    [{ privateCa: { ...privateCa, id: 'x' } }, 'PcaCaId: must be empty, or the id'],
    [{ privateCa: { ...privateCa, validityDays: 0 } }, 'PcaValidityInDays: must'],
    [
      { triggers: { ...triggers, auditTopicArn: 'audits' } },
      'TriggerAuditTopicArn: must be empty, or the ARN',
    ],
    [{ triggers: { ...triggers, thingGroup: '' } }, 'triggers need TriggerThingGroup'],
    [{ triggers: { ...triggers, aged: { afterDays: 90, schedule: 'daily' } } }, 'TriggerSchedule: '],
  ])('that cannot be used are refused: %j', (given, problem) => {
    expect(() => settingsOfProps(given)).toThrow(
      `The settings of the CertificateRotator cannot be used: ${problem}`,
    )
  })

  test('name an authority and a trigger where they speak of one', () => {
    expect(() => settingsOfProps({ privateCa: { ...privateCa, id: '' } })).toThrow(/privateCa needs an id/u)
    const none = { thingGroup: '', aged: undefined, auditTopicArn: undefined, anomalyTopicArn: undefined }
    expect(() => settingsOfProps({ triggers: none })).toThrow(/triggers needs a trigger/u)
  })

  test('that there are not are refused by name', () => {
    const given: object = { retireHoldSecond: 1 }
    expect(() => settingsOfProps(given)).toThrow(
      /There is no settings\.retireHoldSecond\. Choose from retireDelaySeconds, /u,
    )
  })
})
