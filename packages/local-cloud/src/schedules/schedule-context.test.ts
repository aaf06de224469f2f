import { expect, test } from 'vitest'
import { withContext } from './schedule-context.ts'

test('a run’s input says when it was due, by which schedule, and in which try', () => {
  const input = JSON.stringify({
    scheduledTime: '<aws.scheduler.scheduled-time>',
    schedule: '<aws.scheduler.schedule-arn>',
    execution: '<aws.scheduler.execution-id>',
    attempt: '<aws.scheduler.attempt-number>',
    other: '<aws.scheduler.unknown>',
  })
  const run = { scheduleArn: 'arn:schedule', dueAtMs: Date.UTC(2026, 0, 2, 3, 4, 5), executionId: 'e-1' }
  expect(JSON.parse(withContext(input, run))).toEqual({
    scheduledTime: '2026-01-02T03:04:05Z',
    schedule: 'arn:schedule',
    execution: 'e-1',
    attempt: '1',
    other: '<aws.scheduler.unknown>',
  })
})
