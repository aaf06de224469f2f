import { expect, test } from 'vitest'
import { isSkippedWithoutRoot } from './root-only.ts'

test('what needs root is left out for a person without it, and never in CI', () => {
  expect(isSkippedWithoutRoot(1_000, '')).toBe(true)
  expect(isSkippedWithoutRoot(1_000, 'false')).toBe(true)
  expect(isSkippedWithoutRoot(1_000, 'true')).toBe(false)
  expect(isSkippedWithoutRoot(0, '')).toBe(false)
})
