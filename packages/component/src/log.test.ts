import { expect, test } from 'vitest'
import { jsonLines } from './log.ts'

test('a log line is one JSON object with the time, what is always told, and the fields that are there', () => {
  const lines: string[] = []
  const log = jsonLines(
    text => lines.push(text),
    () => 0,
    { thingName: 'thing' },
  )
  log('info', 'told')
  log('warn', 'with\nfields', { to: 'ask', code: undefined })
  const timestamp = '1970-01-01T00:00:00.000Z'
  expect(lines.map(line => JSON.parse(line))).toEqual([
    { timestamp, level: 'info', message: 'told', thingName: 'thing' },
    { timestamp, level: 'warn', message: 'with\nfields', thingName: 'thing', to: 'ask' },
  ])
  expect(lines.every(line => line.endsWith('\n') && line.split('\n').length === 2)).toBe(true)
})
