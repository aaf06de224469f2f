import { expect, test } from 'vitest'
import { parseSchedule, scheduleText } from './schedule-text.ts'

test('a schedule is read as it was written', () => {
  const scenario = { isNewRefused: true }
  const choices = [
    { index: 12, fault: 'lost' },
    { index: 40, fault: 'power-cut' },
  ] as const
  const text = scheduleText(scenario, choices)
  expect(text).toBe('refused 12:lost 40:power-cut')
  expect(parseSchedule(text)).toEqual({ scenario, choices })
})

test.each(['', 'bad 1:lost', 'good 1', 'good x:lost'])('"%s" is no schedule', text => {
  expect(parseSchedule(text)).toBeUndefined()
})
