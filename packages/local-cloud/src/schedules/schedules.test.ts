import { describe, expect, test } from 'vitest'
import { ManualClock } from '../testing/manual-clock.ts'
import { nextTime, parseScheduleExpression } from './schedule-expression.ts'
import { Schedules } from './schedules.ts'

const at = (text: string) => Date.parse(`${text}Z`)

describe('the next time of', () => {
  test.each([
    ['rate(5 minutes)', '2026-01-01T00:00', '2026-01-01T00:05'],
    ['rate(1 hour)', '2026-01-01T00:59', '2026-01-01T01:00'],
    ['rate(1 day)', '2026-01-01T00:00', '2026-01-02T00:00'],
    ['at(2026-02-03T04:05:06)', '2026-01-01T00:00', '2026-02-03T04:05:06'],
    ['cron(0 12 * * ? *)', '2026-01-01T12:00', '2026-01-02T12:00'],
    ['cron(15,45 8-10 * * ? *)', '2026-01-01T08:15', '2026-01-01T08:45'],
    ['cron(0/20 * ? * MON-FRI *)', '2026-01-02T23:50', '2026-01-05T00:00'],
    ['cron(0 0 1 JAN ? 2027)', '2026-01-01T00:00', '2027-01-01T00:00'],
    ['cron(30 6 29 2 ? *)', '2026-01-01T00:00', '2028-02-29T06:30'],
  ])('%s after %s is %s', (expression, after, next) => {
    expect(nextTime(parseScheduleExpression(expression), at('2026-01-01T00:00'), at(after))).toBe(at(next))
  })

  test.each(['at(2025-01-01T00:00:00)', 'cron(0 0 1 1 ? 2025)'])('%s is over', expression => {
    const now = at('2026-01-01T00:00')
    expect(nextTime(parseScheduleExpression(expression), now, now)).toBeUndefined()
  })
})

test.each([
  'every(5 minutes)',
  'rate(0 minutes)',
  'rate(99999999999999999999 days)',
  'rate(5)',
  'rate(5 weeks)',
  'at(soon)',
  'cron(0 12 * * ?)',
  'cron(0 12 * * * *)',
  'cron(60 12 * * ? *)',
  'cron(0 12 L * ? *)',
  'cron(0/0 12 * * ? *)',
])('%s is refused', expression => {
  expect(() => parseScheduleExpression(expression)).toThrow(/Invalid Schedule Expression/)
})

describe('schedules', () => {
  test('run again and again until they are removed', () => {
    const clock = new ManualClock(at('2026-01-01T00:00'))
    const schedules = new Schedules(clock)
    const runs: number[] = []
    schedules.put('s', {
      expression: parseScheduleExpression('rate(2 days)'),
      run: dueAtMs => runs.push(dueAtMs),
    })
    clock.advance(4 * 86_400_000)
    expect(runs).toEqual([at('2026-01-03T00:00'), at('2026-01-05T00:00')])
    schedules.delete('s')
    clock.advance(4 * 86_400_000)
    expect(runs).toHaveLength(2)
  })

  test('of a rate run faster where a test wants them to; others keep their time', () => {
    const clock = new ManualClock(at('2026-01-01T00:00'))
    const schedules = new Schedules(clock, 0.1)
    const runs: string[] = []
    schedules.put('a', {
      expression: parseScheduleExpression('rate(10 minutes)'),
      run: () => runs.push('rate'),
    })
    schedules.put('b', {
      expression: parseScheduleExpression('cron(2 0 * * ? *)'),
      run: () => runs.push('cron'),
    })
    clock.advance(120_000)
    expect(runs.toSorted()).toEqual(['cron', 'rate', 'rate'])
  })

  test('are replaced by their id, and stop all at once', () => {
    const clock = new ManualClock(at('2026-01-01T00:00'))
    const schedules = new Schedules(clock)
    const runs: string[] = []
    schedules.put('s', { expression: parseScheduleExpression('rate(1 minute)'), run: () => runs.push('old') })
    schedules.put('s', { expression: parseScheduleExpression('rate(1 minute)'), run: () => runs.push('new') })
    clock.advance(60_000)
    schedules.stop()
    clock.advance(60_000)
    expect(runs).toEqual(['new'])
  })
})
