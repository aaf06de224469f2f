import { parseWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'
import { scheduleProblem } from './schedule-expression.ts'

/** What makes rotations be ordered without an operator: all of it off unless it is chosen. */
export interface TriggerSettings {
  /** Only its members are rotated. */
  thingGroup: string
  aged: AgedSettings | undefined
  /** ARN of the topic that AWS IoT Device Defender tells the ends of audits on. */
  auditTopicArn: string | undefined
  /** ARN of the topic that the security profiles of AWS IoT Device Defender Detect tell violations on. */
  anomalyTopicArn: string | undefined
}

export interface AgedSettings {
  afterDays: number
  /** `rate(…)` or `cron(…)` of Amazon EventBridge Scheduler, in UTC. */
  schedule: string
}

const topicArn = () =>
  v.pipe(
    v.string('must be text'),
    v.regex(
      /^(?:arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[a-zA-Z0-9_-]{1,256})?$/u,
      'must be empty, or the ARN of a standard topic of Amazon SNS',
    ),
  )

const days = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/u), v.toNumber())], 'must be whole days'),
  v.integer('must be whole days'),
  v.minValue(1, 'must be 1 or more'),
  v.maxValue(3_652, 'must not exceed 3652, ten years'),
)

const schema = v.object({
  /** The thing group that the component is deployed to. */
  TriggerThingGroup: v.optional(
    v.pipe(
      v.string('must be text'),
      v.regex(/^[a-zA-Z0-9:_-]{0,128}$/u, 'must be empty, or the name of a thing group'),
    ),
    '',
  ),
  /** Days after which a certificate is old; without them there is no schedule. */
  TriggerAfterDays: v.optional(days),
  TriggerSchedule: v.optional(
    v.pipe(
      v.string('must be text'),
      v.check(
        text => scheduleProblem(text) === undefined,
        ({ input }) => String(scheduleProblem(input)),
      ),
    ),
    'rate(1 day)',
  ),
  TriggerAuditTopicArn: v.optional(topicArn(), ''),
  TriggerAnomalyTopicArn: v.optional(topicArn(), ''),
})

/** The context variables of the triggers. */
export const triggerNames: readonly string[] = Object.keys(schema.entries)

/**
 * Reads the settings of the triggers from the context of the synthesis (`-c Name=value`).
 *
 * @param refused makes an error of what cannot be used
 * @returns undefined where none is chosen
 */
export function readTriggers(
  context: Readonly<Record<string, unknown>>,
  refused: (problem: string) => Error,
): TriggerSettings | undefined {
  const parsed = parseWith(schema, context)
  if (!parsed.ok) throw refused(parsed.problem)
  const {
    TriggerThingGroup: thingGroup,
    TriggerAfterDays: afterDays,
    TriggerSchedule: schedule,
  } = parsed.value
  const aged = afterDays === undefined ? undefined : { afterDays, schedule }
  if (aged === undefined && context['TriggerSchedule'] !== undefined)
    throw refused('TriggerSchedule needs TriggerAfterDays, which say when a certificate is old')
  const auditTopicArn = parsed.value.TriggerAuditTopicArn || undefined
  const anomalyTopicArn = parsed.value.TriggerAnomalyTopicArn || undefined
  const isChosen = [aged, auditTopicArn, anomalyTopicArn].some(each => each !== undefined)
  if (isChosen && thingGroup === '')
    throw refused('triggers need TriggerThingGroup, the thing group that the component is deployed to')
  if (!isChosen && thingGroup !== '')
    throw refused(
      'TriggerThingGroup needs a trigger: TriggerAfterDays, TriggerAuditTopicArn or TriggerAnomalyTopicArn',
    )
  return isChosen ? { thingGroup, aged, auditTopicArn, anomalyTopicArn } : undefined
}
