import { createHash, type KeyObject } from 'node:crypto'
import { type Hash, type SigningAlgorithm, signingAlgorithms } from '@rotator/protocol/algorithms'
import { sequence, unsignedInteger } from '@rotator/protocol/x509/der'
import { digestInfo } from '@rotator/protocol/x509/signature-algorithm'
import type { ObjectHandle, SignMechanism, TokenAnswer, TokenSession } from './token.ts'

/** A mechanism, with what is given to it for the same signature. */
interface Attempt {
  mechanism: SignMechanism
  input: Buffer
}

/**
 * Signs as an X.509 signature algorithm of that name does; an ECDSA signature is in DER.
 *
 * Tokens differ in whether they hash themselves, and some list less than they can do: the ways are tried in order. For
 * ECDSA all take a digest, and few take more; some refuse one that is longer than the order of the curve, of which only
 * the beginning counts (FIPS 186-5 §6.4.1).
 *
 * @param publicKey of that key, where the digest may be longer than its curve's order
 */
export async function signInToken(
  session: Pick<TokenSession, 'sign'>,
  key: ObjectHandle,
  algorithm: SigningAlgorithm,
  bytes: Buffer,
  publicKey?: KeyObject,
): Promise<TokenAnswer<Buffer>> {
  const { scheme, hash } = signingAlgorithms[algorithm]
  const digest = createHash(hash).update(bytes).digest()
  if (scheme === 'ecdsa') {
    const answer = await session.sign(key, { name: 'CKM_ECDSA' }, digest.subarray(0, orderBytes(publicKey)))
    return answer.ok ? { ok: true, value: ecdsaInDer(answer.value) } : answer
  }
  const hashing = { mechanism: hashingMechanism(scheme, hash), input: bytes }
  const bare: Attempt =
    scheme === 'pss'
      ? { mechanism: { name: 'CKM_RSA_PKCS_PSS', pss: hash }, input: digest }
      : { mechanism: { name: 'CKM_RSA_PKCS' }, input: digestInfo(hash, digest) }
  const answer = await session.sign(key, hashing.mechanism, hashing.input)
  return answer.ok || !isMissing(answer.ckr) ? answer : session.sign(key, bare.mechanism, bare.input)
}

/** @returns undefined where no digest is longer */
const orderBytes = (publicKey: KeyObject | undefined): number | undefined =>
  bytesOfOrder[publicKey?.asymmetricKeyDetails?.namedCurve ?? '']

const bytesOfOrder: Readonly<Record<string, number>> = { prime256v1: 32, secp384r1: 48 }

const numbers = { sha256: 256, sha384: 384, sha512: 512 } as const

const hashingMechanism = (scheme: 'pkcs1' | 'pss', hash: Hash): SignMechanism =>
  scheme === 'pss'
    ? { name: `CKM_SHA${numbers[hash]}_RSA_PKCS_PSS`, pss: hash }
    : { name: `CKM_SHA${numbers[hash]}_RSA_PKCS` }

/** Whether a return value says that the token does not have the mechanism, or not with these parameters. */
export const isMissing = (ckr: string): boolean =>
  ['CKR_MECHANISM_INVALID', 'CKR_MECHANISM_PARAM_INVALID', 'CKR_FUNCTION_NOT_SUPPORTED'].includes(ckr)

/** @param raw r and s, each half of it */
function ecdsaInDer(raw: Buffer): Buffer {
  const half = raw.length / 2
  return sequence(unsignedInteger(raw.subarray(0, half)), unsignedInteger(raw.subarray(half)))
}
