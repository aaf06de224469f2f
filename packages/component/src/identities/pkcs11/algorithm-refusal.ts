import {
  type Algorithms,
  type KeyAlgorithm,
  keyAlgorithms,
  signingAlgorithms,
} from '@rotator/protocol/algorithms'
import { refusedInHsm } from '../../keys/key-home.ts'
import type { KeySizes, TokenSession } from './token.ts'
import { settled } from './token-failure.ts'
import { type TokenAccess, withToken } from './with-token.ts'

/**
 * Why this token could not make such a key or sign such a request, by what it lists: a sentence for the operator. It
 * needs no login.
 *
 * PSS is not looked for, as tokens can do it that do not list it: a signature shows it.
 */
export async function algorithmRefusal(
  session: Pick<TokenSession, 'mechanisms'>,
  algorithms: Algorithms,
): Promise<string | undefined> {
  const { keyAlgorithm } = algorithms
  const refused = refusedInHsm(keyAlgorithm)
  if (refused !== undefined) return refused
  const listed = settled('list its mechanisms', await session.mechanisms())
  return keyRefusal(keyAlgorithm, listed) ?? signingRefusal(algorithms, listed)
}

/** @param missing what the token cannot do, by name */
export const lacks = ({ keyAlgorithm, signingAlgorithm }: Algorithms, missing: string): string =>
  `The HSM cannot do keyAlgorithm ${keyAlgorithm} with signingAlgorithm ${signingAlgorithm}: it lacks ${missing}. Choose others that it can do.`

function keyRefusal(keyAlgorithm: KeyAlgorithm, listed: ReadonlyMap<string, KeySizes>): string | undefined {
  const wanted = keyAlgorithms[keyAlgorithm]
  const mechanism = wanted.family === 'RSA' ? 'CKM_RSA_PKCS_KEY_PAIR_GEN' : 'CKM_EC_KEY_PAIR_GEN'
  const bits = wanted.family === 'RSA' ? wanted.modulusLength : Number(wanted.curve.replace('P-', ''))
  const sizes = listed.get(mechanism)
  if (sizes === undefined) {
    return `The HSM cannot make a key ${keyAlgorithm}: it lacks ${mechanism}. Choose a keyAlgorithm that it can do.`
  }
  if (sizes.max === 0 || (sizes.min <= bits && bits <= sizes.max)) return undefined
  return `The HSM cannot make a key ${keyAlgorithm}: its ${mechanism} takes ${sizes.min} to ${sizes.max} bits. Choose a keyAlgorithm that it can do.`
}

function signingRefusal(algorithms: Algorithms, listed: ReadonlyMap<string, KeySizes>): string | undefined {
  const { scheme, hash } = signingAlgorithms[algorithms.signingAlgorithm]
  const served = scheme === 'ecdsa' ? ['CKM_ECDSA'] : [`CKM_${hash.toUpperCase()}_RSA_PKCS`, 'CKM_RSA_PKCS']
  const isServed = scheme === 'pss' || served.some(name => listed.has(name))
  return isServed ? undefined : lacks(algorithms, served.join(' and '))
}

/** The same of a token that is opened for it. */
export const refusalOfToken = async (
  access: TokenAccess,
  algorithms: Algorithms,
): Promise<string | undefined> => withToken(access, async session => algorithmRefusal(session, algorithms))
