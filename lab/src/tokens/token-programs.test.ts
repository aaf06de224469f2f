import { expect, test } from 'vitest'
import { missingForTokens } from '../start/tokens.ts'
import { missingFor } from './token-programs.ts'

test('what is missing is named with the one command that installs it', () => {
  const files = [
    { path: process.execPath, package: 'node' },
    { path: '/no/such/library.so', package: 'some-library' },
    { path: '/no/such/tool', package: 'some-tools' },
    { path: '/no/such/other-tool', package: 'some-tools' },
  ]
  const told = missingFor('A run', files)
  expect(told).toContain('A run needs /no/such/library.so, /no/such/tool, /no/such/other-tool.')
  expect(told).toContain('apt-get install -y --no-install-recommends some-library some-tools\n')
  expect(missingFor('A run', files.slice(0, 1))).toBeUndefined()
})

test('a run without tokens needs nothing, whatever is there', () => {
  expect(missingForTokens({ devices: 3, hsm: 0, tpm: 0 })).toBeUndefined()
})
