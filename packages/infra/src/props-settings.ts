import { type PrivateCaChoice, readSettings, type Settings } from './settings.ts'
import type { AgedSettings, TriggerSettings } from './triggers/trigger-settings.ts'

/** The names in the context of a synthesis, by those in the props of the construct. */
const plainNames: Readonly<Record<Exclude<keyof Settings, 'privateCa' | 'triggers'>, string>> = {
  retireDelaySeconds: 'RetireDelayInSeconds',
  retireHoldSeconds: 'RetireHoldInSeconds',
  sweepEveryMinutes: 'SweepEveryInMinutes',
  sweepRoundMinutes: 'SweepRoundInMinutes',
  sweepGraceSeconds: 'SweepGraceInSeconds',
  rotationsPerMinute: 'RotationsPerMinute',
  upgradeFromV1: 'UpgradeFromV1',
}
const privateCaNames: Readonly<Record<keyof PrivateCaChoice, string>> = {
  id: 'PcaCaId',
  validityDays: 'PcaValidityInDays',
  signingAlgorithm: 'PcaSigningAlgorithm',
  revokeOnRetirement: 'PcaRevokeOnRetirement',
}
const triggerNames: Readonly<Record<Exclude<keyof TriggerSettings, 'aged'>, string>> = {
  thingGroup: 'TriggerThingGroup',
  auditTopicArn: 'TriggerAuditTopicArn',
  anomalyTopicArn: 'TriggerAnomalyTopicArn',
}
const agedNames: Readonly<Record<keyof AgedSettings, string>> = {
  afterDays: 'TriggerAfterDays',
  schedule: 'TriggerSchedule',
}

/**
 * Reads settings that are given in the props of the construct, by the same rules as those of the context.
 *
 * @throws an error that names the setting as the context has it, and says what it must be
 */
export function settingsOfProps({ privateCa, triggers, ...plain }: Partial<Settings>): Settings {
  const { aged, ...told } = triggers ?? {}
  const context = {
    ...renamed('settings', plain, plainNames),
    ...renamed('settings.privateCa', privateCa, privateCaNames),
    ...renamed('settings.triggers', told, triggerNames),
    ...renamed('settings.triggers.aged', aged, agedNames),
  }
  if (privateCa !== undefined && !privateCa.id)
    throw new Error('settings.privateCa needs an id: that at the end of the ARN of the authority.')
  const settings = readSettings(context, 'The settings of the CertificateRotator')
  if (triggers !== undefined && settings.triggers === undefined)
    throw new Error('settings.triggers needs a trigger: aged, auditTopicArn or anomalyTopicArn.')
  return settings
}

/** What is undefined is not given: its default holds. */
function renamed(
  where: string,
  given: object | undefined,
  names: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const name = names[key]
      if (name !== undefined) return [name, value]
      throw new Error(`There is no ${where}.${key}. Choose from ${Object.keys(names).join(', ')}.`)
    }),
  )
}
