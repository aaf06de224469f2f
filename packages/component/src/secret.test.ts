import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from './secret.ts'

test('a secret shows itself to nobody who does not ask', () => {
  const secret = new Secret('S3CRET')
  const shown = [JSON.stringify({ secret }), inspect({ secret }), String(secret)]
  for (const text of shown) {
    expect(text).toContain('[secret]')
    expect(text).not.toContain('S3CRET')
  }
  expect(secret.reveal()).toBe('S3CRET')
})
