import { expect, test } from 'vitest'
import { jsonLines } from './log.ts'

test('a log line is one JSON object with the time, what is always told, and the fields that are there', () => {
  const lines: string[] = []
  const log = jsonLines(
    text => lines.push(text),
    () => 7,
    { thingName: 'thing' },
  )
  log('info', 'told')
  log('warn', 'with\nfields', { to: 'ask', code: undefined })
  expect(lines.map(line => JSON.parse(line))).toEqual([
    { at: 7, level: 'info', message: 'told', thingName: 'thing' },
    { at: 7, level: 'warn', message: 'with\nfields', thingName: 'thing', to: 'ask' },
  ])
  expect(lines.every(line => line.endsWith('\n') && line.split('\n').length === 2)).toBe(true)
})

test('a line that cannot be written is lost, and nothing else', () => {
  const log = jsonLines(
    () => {
      throw new Error('EPIPE')
    },
    () => 7,
    {},
  )
  expect(() => {
    log('info', 'lost')
  }).not.toThrow()
})
