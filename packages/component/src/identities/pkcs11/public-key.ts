import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { type KeyAlgorithm, keyAlgorithms } from '@rotator/protocol/algorithms'
import type { PublicKeyWords } from './token.ts'

/** @returns undefined where the token's words make no key of that algorithm. */
export function publicKeyOf(algorithm: KeyAlgorithm, words: PublicKeyWords): KeyObject | undefined {
  const jwk = jwkOf(algorithm, words)
  if (jwk === undefined) return undefined
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    return undefined
  }
}

function jwkOf(algorithm: KeyAlgorithm, words: PublicKeyWords): JsonWebKey | undefined {
  const wanted = keyAlgorithms[algorithm]
  if (wanted.family === 'RSA') {
    if (words.family !== 'RSA') return undefined
    const { modulus, publicExponent } = words
    return { kty: 'RSA', n: modulus.toString('base64url'), e: publicExponent.toString('base64url') }
  }
  if (words.family !== 'EC') return undefined
  const bytes = coordinateBytes[wanted.curve]
  const [form, x, y] = [
    words.point.at(-2 * bytes - 1),
    words.point.subarray(-2 * bytes, -bytes),
    words.point.subarray(-bytes),
  ]
  if (form !== uncompressed) return undefined
  return { kty: 'EC', crv: wanted.curve, x: x.toString('base64url'), y: y.toString('base64url') }
}

const coordinateBytes = { 'P-256': 32, 'P-384': 48, 'P-521': 66 } as const

/**
 * Before x and y stands what form they have (SEC 1 §2.3.3). By the standard all of it is inside an OCTET STRING; some
 * tokens leave that away, so it is read from its end.
 */
const uncompressed = 0x04
