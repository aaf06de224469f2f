import { expect, test } from 'vitest'
import { messageOf } from './message-of.ts'

test('whatever is thrown says something', () => {
  expect(messageOf(new Error('broken'))).toBe('broken')
  expect(messageOf('text')).toBe('text')
})
