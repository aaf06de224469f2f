import { describe, expect, test } from 'vitest'
import { readSettings } from '../settings.ts'

const readTriggers = (context: Readonly<Record<string, unknown>>) => readSettings(context).triggers

const group = { TriggerThingGroup: 'cores' }
const topic = 'arn:aws:sns:eu-west-1:123456789012:defender'

describe('the settings of the triggers', () => {
  test('are all off', () => {
    expect(readTriggers({})).toBeUndefined()
    expect(readTriggers({ TriggerThingGroup: '', TriggerAuditTopicArn: '' })).toBeUndefined()
  })

  test('choose one each', () => {
    expect(readTriggers({ ...group, TriggerAfterDays: '365' })).toEqual({
      thingGroup: 'cores',
      aged: { afterDays: 365, schedule: 'rate(1 day)' },
      auditTopicArn: undefined,
      anomalyTopicArn: undefined,
    })
    expect(readTriggers({ ...group, TriggerAuditTopicArn: topic })).toMatchObject({ auditTopicArn: topic })
    expect(readTriggers({ ...group, TriggerAnomalyTopicArn: topic })).toMatchObject({
      anomalyTopicArn: topic,
    })
  })

  test.each(['rate(15 minutes)', 'rate(1 hour)', 'cron(0 3 ? * SUN *)'])(
    'take the schedule %s',
    TriggerSchedule => {
      expect(readTriggers({ ...group, TriggerAfterDays: 30, TriggerSchedule })?.aged).toEqual({
        afterDays: 30,
        schedule: TriggerSchedule,
      })
    },
  )

  test.each([
    ['aws-cn', 'cn-north-1'],
    ['aws-us-gov', 'us-gov-west-1'],
  ])('take a topic of the partition %s', (partition, region) => {
    const TriggerAuditTopicArn = `arn:${partition}:sns:${region}:123456789012:defender`
    expect(readTriggers({ ...group, TriggerAuditTopicArn })).toMatchObject({
      auditTopicArn: TriggerAuditTopicArn,
    })
  })

  test.each([
    [{ TriggerAfterDays: 365 }, 'triggers need TriggerThingGroup'],
    [group, 'TriggerThingGroup needs a trigger'],
    [{ ...group, TriggerAfterDays: 'old' }, 'TriggerAfterDays: must be whole days'],
    [{ ...group, TriggerAfterDays: 0 }, 'TriggerAfterDays: must be 1 or more'],
    [{ ...group, TriggerAfterDays: 36_500 }, 'TriggerAfterDays: must not exceed 3652'],
    [{ ...group, TriggerAfterDays: 1.5 }, 'TriggerAfterDays: must be whole days'],
    [{ ...group, TriggerAfterDays: 9, TriggerSchedule: 'daily' }, 'TriggerSchedule: must be rate(…)'],
    [
      { ...group, TriggerAfterDays: 9, TriggerSchedule: 'rate(5 minutes)' },
      'TriggerSchedule: must leave 15 minutes or more',
    ],
    [
      { ...group, TriggerAfterDays: 9, TriggerSchedule: 'cron(* * * * ? *)' },
      'TriggerSchedule: must leave 15 minutes or more',
    ],
    [
      { ...group, TriggerAfterDays: 9, TriggerSchedule: 'cron(a b c d e f)' },
      'TriggerSchedule: cannot have a for its minutes',
    ],
    [{ ...group, TriggerAfterDays: 9, TriggerSchedule: 15 }, 'TriggerSchedule: must be text'],
    [{ ...group, TriggerAuditTopicArn: topic, TriggerSchedule: 'rate(1 day)' }, 'needs TriggerAfterDays'],
    [{ ...group, TriggerAuditTopicArn: 'defender' }, 'TriggerAuditTopicArn: must be empty, or the ARN'],
    [
      { ...group, TriggerAnomalyTopicArn: `${topic}.fifo` },
      'TriggerAnomalyTopicArn: must be empty, or the ARN',
    ],
    [
      { TriggerThingGroup: 'core devices', TriggerAfterDays: 9 },
      'TriggerThingGroup: must be empty, or the name',
    ],
  ])('are refused as %j, with the reason', (context, problem) => {
    expect(() => readTriggers(context)).toThrow(problem)
  })
})
