import { describe, expect, test } from 'vitest'
import { algorithmPairs, chooseAlgorithms, defaultAlgorithms } from './algorithms.ts'
import { refusedConfigurations } from './testing/refused-configurations.ts'

describe('choosing algorithms', () => {
  test('21 pairs are of one family: 12 of RSA, 9 of EC', () => {
    const isOf = (family: string) => (name: string) => name.includes(family)
    expect(algorithmPairs).toHaveLength(21)
    expect(algorithmPairs.filter(pair => Object.values(pair).every(isOf('RSA')))).toHaveLength(12)
    expect(algorithmPairs.filter(pair => Object.values(pair).every(isOf('ECDSA')))).toHaveLength(9)
  })

  test.each(algorithmPairs)('$keyAlgorithm may be signed $signingAlgorithm', algorithms => {
    expect(chooseAlgorithms(algorithms.keyAlgorithm, algorithms.signingAlgorithm)).toEqual({
      ok: true,
      algorithms,
    })
  })

  test('version 1 expects 26 configurations to be refused: 2 unknown names, 6 and 18 pairs of two families', () => {
    const names = refusedConfigurations.map(({ keyAlgorithm, signingAlgorithm }) => [
      keyAlgorithm,
      signingAlgorithm,
    ])
    expect(new Set(names.map(String)).size).toBe(26)
    expect(names.filter(pair => pair.includes('Foobar'))).toHaveLength(2)
    expect(names.filter(([key]) => key?.startsWith('ECDSA'))).toHaveLength(18)
  })

  test.each(refusedConfigurations)(
    '$keyAlgorithm with $signingAlgorithm is refused with a sentence that names it',
    ({ keyAlgorithm, signingAlgorithm, because }) => {
      expect(chooseAlgorithms(keyAlgorithm, signingAlgorithm)).toEqual({
        ok: false,
        problem: expect.stringContaining(because),
      })
    },
  )

  test('the default is a pair that may be chosen', () => {
    expect(algorithmPairs).toContainEqual(defaultAlgorithms)
  })

  test('an unknown key algorithm is refused with what may be used instead', () => {
    expect(chooseAlgorithms('Foobar', 'SHA256WITHRSA')).toEqual({
      ok: false,
      problem:
        'keyAlgorithm "Foobar" is unknown. Use one of RSA-2048, RSA-3072, ECDSA-P256, ECDSA-P384, ECDSA-P521.',
    })
  })

  test('an unknown signing algorithm is refused, names of Object.prototype included', () => {
    const choice = chooseAlgorithms('RSA-2048', 'toString')
    expect(choice).toMatchObject({
      ok: false,
      problem: expect.stringContaining('signingAlgorithm "toString" is unknown'),
    })
  })

  test('of a name that is longer than any only its beginning is shown', () => {
    const choice = chooseAlgorithms('R'.repeat(100_000), 'SHA256WITHRSA')
    expect(choice).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^keyAlgorithm "R{64}…" is unknown\. /u),
    })
  })

  test('names are case-sensitive', () => {
    expect(chooseAlgorithms('rsa-2048', 'SHA256WITHRSA').ok).toBe(false)
  })

  test('a pair of two families is refused with the names that fit the key', () => {
    expect(chooseAlgorithms('ECDSA-P384', 'SHA256WITHRSA')).toEqual({
      ok: false,
      problem:
        'keyAlgorithm ECDSA-P384 and signingAlgorithm SHA256WITHRSA are of different types (mismatched). With ECDSA-P384 use one of ECDSA-WITH-SHA256, ECDSA-WITH-SHA384, ECDSA-WITH-SHA512.',
    })
  })
})
