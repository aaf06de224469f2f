import { expect, test } from 'vitest'
import { parseSchedule, scheduleText } from './schedule.ts'

const schedule = {
  situation: 'refused',
  choices: [
    { index: 12, fault: 'lost' },
    { index: 40, fault: 'power-cut' },
  ],
} as const

test('a schedule is told in words that can be read again', () => {
  expect(scheduleText(schedule)).toBe('refused 12:lost 40:power-cut')
  expect(parseSchedule(scheduleText(schedule))).toEqual(schedule)
  expect(parseSchedule('refused')).toEqual({ situation: 'refused', choices: [] })
})

test('what names no fault, or no point, is no schedule', () => {
  for (const text of ['good 12:nothing', 'good 12', 'good lost', 'good 12:lost ,']) {
    expect(parseSchedule(text)).toBeUndefined()
  }
})
