import { describe, expect, test } from 'vitest'
import { readAlgorithmNames } from './algorithm-names.ts'
import { defaultAlgorithms } from './algorithms.ts'

describe('the names of the algorithms', () => {
  test.each([
    [undefined, defaultAlgorithms],
    [null, defaultAlgorithms],
    ['RSA-3072', defaultAlgorithms],
    [{}, defaultAlgorithms],
    [{ keyAlgorithm: null }, defaultAlgorithms],
    [{ keyAlgorithm: 'RSA-3072' }, { ...defaultAlgorithms, keyAlgorithm: 'RSA-3072' }],
    [
      { keyAlgorithm: ['ECDSA-P256'], signingAlgorithm: 7 },
      { keyAlgorithm: '["ECDSA-P256"]', signingAlgorithm: '7' },
    ],
    [{ keyAlgorithm: '' }, { ...defaultAlgorithms, keyAlgorithm: '' }],
  ])('in %j are %j', (settings, names) => {
    expect(readAlgorithmNames(settings, defaultAlgorithms)).toEqual(names)
  })

  test('that are nested too deep to be shown are told as such', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))
    expect(readAlgorithmNames({ keyAlgorithm: deep }, defaultAlgorithms)).toEqual({
      ...defaultAlgorithms,
      keyAlgorithm: 'a value that is nested too deep',
    })
  })
})
