import { describe, expect, test } from 'vitest'
import { scheduleProblem } from './schedule-expression.ts'

describe('a schedule', () => {
  test.each([
    'rate(15 minutes)',
    'rate(1 hour)',
    'rate(1 day)',
    'cron(0 3 ? * SUN *)',
    'cron(30 22 1,15 * ? *)',
    'cron(0/15 * * * ? *)',
    'cron(*/20 0-6/2 L JAN-MAR ? 2026-2030)',
    'cron(5,25,45 * 3W 1/3 ? *)',
    'cron(0 0 ? * 6#3 *)',
    'cron(0 0 ? DEC FRI#1,MON-WED,2L *)',
    'cron(59 23 31 12 ? 2199)',
  ])('may be %s', expression => {
    expect(scheduleProblem(expression)).toBeUndefined()
  })

  test.each([
    'rate(1 minute)',
    'rate(14 minutes)',
    'cron(* * * * ? *)',
    'cron(*/14 3 * * ? *)',
    'cron(0/5 3 * * ? *)',
    'cron(0-59 3 * * ? *)',
    'cron(0,10 3 * * ? *)',
    'cron(0,50 * * * ? *)',
    'cron(0,30,0/40,44 * * * ? *)',
    'cron(5-6 * * * ? *)',
  ])('has its runs a quarter of an hour apart, and %s has not', expression => {
    expect(scheduleProblem(expression)).toMatch(/^must leave 15 minutes/u)
  })

  test.each([
    ['daily', 'must be rate(…)'],
    ['rate(0 days)', 'must be rate(…)'],
    ['rate(1 week)', 'must be rate(…)'],
    ['rate(99999999 days) ', 'must be rate(…)'],
    ['cron(0 3 * * ?)', 'six fields'],
    ['cron(0  3 * * ? *)', 'six fields'],
    ['cron(0 3 * * ? * *)', 'six fields'],
    ['cron(a b c d e f)', 'cannot have a for its minutes'],
    ['cron(60 3 * * ? *)', 'cannot have 60 for its minutes'],
    ['cron(0/0 3 * * ? *)', 'cannot have 0/0 for its minutes'],
    ['cron(1e1 3 * * ? *)', 'cannot have 1e1 for its minutes'],
    ['cron(0, 3 * * ? *)', 'cannot have 0, for its minutes'],
    ['cron(? 3 * * ? *)', 'cannot have ? for its minutes'],
    ['cron(10-5 3 * * ? *)', 'cannot have 10-5 for its minutes'],
    ['cron(0-20-40 3 * * ? *)', 'cannot have 0-20-40 for its minutes'],
    ['cron(0 24 * * ? *)', 'cannot have 24 for its hours'],
    ['cron(0 3 0 * ? *)', 'cannot have 0 for its day of month'],
    ['cron(0 3 32W * ? *)', 'cannot have 32W for its day of month'],
    ['cron(0 3 * 13 ? *)', 'cannot have 13 for its month'],
    ['cron(0 3 * MAI ? *)', 'cannot have MAI for its month'],
    ['cron(0 3 ? * 8 *)', 'cannot have 8 for its day of week'],
    ['cron(0 3 ? * MON#6 *)', 'cannot have MON#6 for its day of week'],
    ['cron(0 3 * * ? 1969)', 'cannot have 1969 for its year'],
    ['cron(0 3 * * * *)', 'must have ? for its day of month or its day of week'],
    ['cron(0 3 ? * ? *)', 'must have ? for its day of month or its day of week'],
  ])('cannot be %s, with the reason', (expression, problem) => {
    expect(scheduleProblem(expression)).toContain(problem)
  })
})
