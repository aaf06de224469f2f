import {
  type PcaSigningAlgorithm,
  pcaSigningAlgorithmSchema,
  validityDaysSchema,
} from '@rotator/backend/issuers/private-ca-settings'
import { parseWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'
import { readTriggers, type TriggerSettings, triggerNames } from './triggers/trigger-settings.ts'

const seconds = () =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/u), v.toNumber())], 'must be whole seconds'),
    v.integer('must be whole seconds'),
    v.minValue(0, 'must not be negative'),
    v.maxValue(1_209_600, 'must not exceed 14 days'),
  )
const whole = (most: number, what = 'a whole number') =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/u), v.toNumber())], `must be ${what}`),
    v.integer(`must be ${what}`),
    v.minValue(1, 'must be 1 or more'),
    v.maxValue(most, `must not exceed ${most}`),
  )
const minutes = (most: number) => whole(most, 'whole minutes')
const flag = () =>
  v.pipe(
    v.union([v.boolean(), v.picklist(['true', 'false'])], 'must be true or false'),
    v.transform(value => value === true || value === 'true'),
  )

/** 80 % of what the quotas bear where each certificate has one policy, or none. */
export const defaultRotationsPerMinute = 450

/** Whoever says one of these means an authority of AWS Private CA. */
const ofAnAuthority = ['PcaValidityInDays', 'PcaSigningAlgorithm'] as const

const authorityId = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})?$/u

const settingsSchema = v.object({
  /** The authority of AWS Private CA that issues, of the same account and region; empty where AWS IoT does. */
  PcaCaId: v.optional(
    v.pipe(
      v.string('must be text'),
      v.regex(
        authorityId,
        'must be empty, or the id at the end of an ARN of AWS Private CA (8-4-4-4-12 hexadecimal digits)',
      ),
    ),
    '',
  ),
  /** A short-lived authority issues for a week at most. */
  PcaValidityInDays: v.optional(validityDaysSchema, 7),
  /** Of the family of the authority's key. */
  PcaSigningAlgorithm: v.optional(pcaSigningAlgorithmSchema, 'SHA256WITHRSA'),
  /** Whether certificates that go are revoked at the authority that issued them, which cannot be undone. */
  PcaRevokeOnRetirement: v.optional(flag(), false),
  /** Other programs may still read OLD's files for a while after a switch. */
  RetireDelayInSeconds: v.optional(seconds(), 600),
  /** An inactive certificate can be brought back, a deleted one cannot. */
  RetireHoldInSeconds: v.optional(seconds(), 86_400),
  /** How often lost events are looked for. */
  SweepEveryInMinutes: v.optional(minutes(1_440), 15),
  /** The time in which every job and every thing is looked at in full, a share of them in each sweep. */
  SweepRoundInMinutes: v.optional(minutes(10_080), 1_440),
  /** The end of an execution is left to its own event for this long: three tries of it take four minutes. */
  SweepGraceInSeconds: v.optional(seconds(), 300),
  /** How many devices a job from the template begins with in a minute, at most; AWS IoT Jobs allows 1,000. */
  RotationsPerMinute: v.optional(whole(1_000), defaultRotationsPerMinute),
  /** Whether the stack takes the place of one that version 1 deployed. */
  UpgradeFromV1: v.optional(flag(), false),
})

/** The authority of AWS Private CA that issues. */
export interface PrivateCaChoice {
  id: string
  validityDays: number
  signingAlgorithm: PcaSigningAlgorithm
  revokeOnRetirement: boolean
}

/** What may be chosen for a deployment. */
export interface Settings {
  /** Undefined where AWS IoT issues. */
  privateCa: PrivateCaChoice | undefined
  retireDelaySeconds: number
  retireHoldSeconds: number
  sweepEveryMinutes: number
  sweepRoundMinutes: number
  sweepGraceSeconds: number
  rotationsPerMinute: number
  upgradeFromV1: boolean
  /** What orders rotations without an operator; undefined where nothing does. */
  triggers: TriggerSettings | undefined
}

/**
 * Reads the settings from the context of the synthesis (`-c Name=value`). Unknown names are others' and left alone, but for
 * those that begin like ours: a name with a mistake in it would deploy what nobody meant.
 *
 * @param where what errors say cannot be used
 */
export function readSettings(
  context: Readonly<Record<string, unknown>>,
  where = 'The context of the synthesis',
): Settings {
  const refused = (problem: string) => new Error(`${where} cannot be used: ${problem}.`)
  const mistaken = mistakenAmong(Object.keys(context))
  if (mistaken !== undefined) throw refused(`there is no ${mistaken}. Choose from ${settingNames.join(', ')}`)
  const parsed = parseWith(settingsSchema, context)
  if (!parsed.ok) throw refused(parsed.problem)
  const { PcaCaId, PcaRevokeOnRetirement } = parsed.value
  if (PcaCaId === '' && PcaRevokeOnRetirement)
    throw refused('PcaRevokeOnRetirement needs PcaCaId, since AWS IoT revokes nothing')
  // One forgotten -c would have AWS IoT issue for a fleet that trusts the authority. An empty id is no omission: it is version
  // 1's default, which stands beside its defaults of the other two.
  const isIdGiven = context['PcaCaId'] !== undefined
  const lone = ofAnAuthority.find(name => !isIdGiven && context[name] !== undefined)
  if (lone !== undefined)
    throw refused(`${lone} needs PcaCaId, the id of the authority; without both AWS IoT issues`)
  return {
    privateCa: privateCaOf(parsed.value),
    retireDelaySeconds: parsed.value.RetireDelayInSeconds,
    retireHoldSeconds: parsed.value.RetireHoldInSeconds,
    sweepEveryMinutes: parsed.value.SweepEveryInMinutes,
    sweepRoundMinutes: parsed.value.SweepRoundInMinutes,
    sweepGraceSeconds: parsed.value.SweepGraceInSeconds,
    rotationsPerMinute: parsed.value.RotationsPerMinute,
    upgradeFromV1: parsed.value.UpgradeFromV1,
    triggers: readTriggers(context, refused),
  }
}

/** What a deployment can be told, by its names in the context of the synthesis. */
export const settingNames: readonly string[] = [...Object.keys(settingsSchema.entries), ...triggerNames]
const likeOurs = /^(?:Pca|Retire|Rotation|Sweep|Trigger|Upgrade)/iu

const mistakenAmong = (given: readonly string[]): string | undefined =>
  given.find(name => likeOurs.test(name) && !settingNames.includes(name))

function privateCaOf({
  PcaCaId: id,
  PcaValidityInDays: validityDays,
  PcaSigningAlgorithm: signingAlgorithm,
  PcaRevokeOnRetirement: revokeOnRetirement,
}: v.InferOutput<typeof settingsSchema>): PrivateCaChoice | undefined {
  return id === '' ? undefined : { id, validityDays, signingAlgorithm, revokeOnRetirement }
}
