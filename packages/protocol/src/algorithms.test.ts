import { describe, expect, test } from 'vitest'
import { chooseAlgorithms, defaultAlgorithms, keyAlgorithms, signingAlgorithms } from './algorithms.ts'

const pairs = Object.keys(keyAlgorithms).flatMap(key =>
  Object.keys(signingAlgorithms).map(signing => ({ key, signing })),
)

describe('choosing algorithms', () => {
  test('of all pairs of names, the 21 of one family are allowed', () => {
    const allowed = pairs.filter(({ key, signing }) => chooseAlgorithms(key, signing).ok)
    expect(allowed).toHaveLength(21)
    expect(allowed.every(({ key, signing }) => key.startsWith('RSA') === signing.includes('RSA'))).toBe(true)
  })

  test('the default is a pair that may be chosen', () => {
    const { keyAlgorithm, signingAlgorithm } = defaultAlgorithms
    expect(chooseAlgorithms(keyAlgorithm, signingAlgorithm)).toEqual({
      ok: true,
      algorithms: defaultAlgorithms,
    })
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
