import { parseWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'

const seconds = () =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/u), v.toNumber())], 'must be whole seconds'),
    v.integer('must be whole seconds'),
    v.minValue(0, 'must not be negative'),
    v.maxValue(1_209_600, 'must not exceed 14 days'),
  )
const flag = () =>
  v.pipe(
    v.union([v.boolean(), v.picklist(['true', 'false'])], 'must be true or false'),
    v.transform(value => value === true || value === 'true'),
  )

const settingsSchema = v.object({
  /** Other programs may still read OLD's files for a while after a switch. */
  RetireDelayInSeconds: v.optional(seconds(), 600),
  /** An inactive certificate can be brought back, a deleted one cannot. */
  RetireHoldInSeconds: v.optional(seconds(), 86_400),
  /** Whether the stack takes the place of one that version 1 deployed. */
  UpgradeFromV1: v.optional(flag(), false),
})

/** What may be chosen for a deployment. */
export interface Settings {
  retireDelaySeconds: number
  retireHoldSeconds: number
  upgradeFromV1: boolean
}

/** Reads the settings from the context of the synthesis (`-c Name=value`); unknown names are others' and left alone. */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const parsed = parseWith(settingsSchema, context)
  if (!parsed.ok) throw new Error(`The context of the synthesis cannot be used: ${parsed.problem}.`)
  return {
    retireDelaySeconds: parsed.value.RetireDelayInSeconds,
    retireHoldSeconds: parsed.value.RetireHoldInSeconds,
    upgradeFromV1: parsed.value.UpgradeFromV1,
  }
}
