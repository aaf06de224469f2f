import { describe, expect, test } from 'vitest'
import {
  algorithmPairs,
  chooseAlgorithms,
  defaultAlgorithms,
  keyAlgorithms,
  signingAlgorithms,
} from './algorithms.ts'

const allOf = (family: string, table: Readonly<Record<string, { family: string }>>): string[] =>
  Object.keys(table).filter(name => table[name]?.family === family)

/** What version 1's own test suite expects to be refused: two unknown names and every pair of two families. */
const refused = [
  ['Foobar', 'SHA256WITHRSA'],
  ['RSA-2048', 'Foobar'],
  ...['RSA', 'EC'].flatMap(family =>
    allOf(family, keyAlgorithms).flatMap(key =>
      allOf(family === 'RSA' ? 'EC' : 'RSA', signingAlgorithms).map(signing => [key, signing] as const),
    ),
  ),
] as const

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

  test('version 1 refuses 26 configurations', () => {
    expect(new Set(refused.map(String)).size).toBe(26)
  })

  test.each(refused)('%s with %s is refused with a sentence that names it', (key, signing) => {
    const named =
      key === 'Foobar' || signing === 'Foobar'
        ? '"Foobar" is unknown'
        : `${key} and signingAlgorithm ${signing} are of different types (mismatched)`
    expect(chooseAlgorithms(key, signing)).toEqual({
      ok: false,
      problem: expect.stringContaining(named),
    })
  })

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
