import { AwsError } from '@rotator/local-cloud/api/aws-error'
import { nextTime, parseScheduleExpression } from '@rotator/local-cloud/schedules/schedule-expression'
import { textOf } from '../../mutation/text.ts'
import { claim, type Target } from '../../target.ts'

const reasons = [
  'is not from',
  'is no step',
  'six fields',
  'must be ?',
  'a rate is',
  'a time is',
  'it is rate',
]
const madeAtMs = Date.parse('2026-01-01T00:00:00Z')

/** When a schedule of the local cloud is to fire. */
export const scheduleExpression: Target = {
  name: 'schedule-expression',
  mutate: textOf([
    'rate(',
    'cron(',
    'at(',
    ')',
    ' minutes',
    ' days',
    '*',
    '?',
    '/',
    '-',
    ',',
    ' ',
    'MON',
    '2199',
  ]),
  execute(input) {
    try {
      const expression = parseScheduleExpression(input.toString())
      const next = nextTime(expression, madeAtMs, madeAtMs + 1)
      claim(next === undefined || next > madeAtMs, `the next time is ${String(next)}`)
      const after = next === undefined ? undefined : nextTime(expression, madeAtMs, next)
      claim(after === undefined || after > (next ?? 0), 'time stands still')
      return `${expression.kind} ${next === undefined ? 'never' : 'again'}`
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return reasons.find(reason => error.message.includes(reason)) ?? 'refused'
    }
  },
  seeds: () => ({
    rate: 'rate(15 minutes)',
    cron: 'cron(0/10 8-17 ? JAN,MAR-MAY MON-FRI 2026-2030)',
    daily: 'cron(0 12 * * ? *)',
    at: 'at(2026-02-01T00:00:00)',
  }),
}
