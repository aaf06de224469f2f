import { isNamed } from '../aws/failures.ts'
import type { IssuerCode } from './issuer.ts'
import { type PrivateCaSettings, pcaSigningAlgorithms } from './private-ca-settings.ts'

/** What an authority says of itself. */
export interface AuthorityState {
  /** Of AWS's words: ACTIVE, DISABLED, EXPIRED, … */
  status: string
  /** Such as `RSA_2048` or `EC_prime256v1`. */
  keyAlgorithm: string
  isShortLived: boolean
  /** The end of its own certificate, in milliseconds since 1970; undefined where it has none yet. */
  notAfterMs: number | undefined
}

export interface Diagnosis {
  code: IssuerCode
  /** What is wrong, to be read before AWS's own words; undefined where they are all there is. */
  because?: string
}

const dayMs = 24 * 3_600_000
/** AWS Private CA's own limit. */
const shortLivedDays = 7

/**
 * Tells why an authority did not issue. AWS has one error for several causes, and its texts are nothing to rely on:
 * the state of the authority tells them apart.
 *
 * @param error of an order, or of a question for what was ordered that AWS has not answered with `not found`
 * @param authority `gone` where there is none of this ARN; undefined where it could not be asked
 */
export function diagnose(
  error: unknown,
  authority: AuthorityState | 'gone' | undefined,
  { signingAlgorithm, validityDays }: Pick<PrivateCaSettings, 'signingAlgorithm' | 'validityDays'>,
  nowMs: number,
): Diagnosis {
  if (isNamed(error, 'AccessDeniedException')) return { code: 'ISSUER_ACCESS_DENIED' }
  if (authority === 'gone' || isNamed(error, 'ResourceNotFoundException')) {
    return { code: 'ISSUER_NOT_ACTIVE', because: 'the authority does not exist' }
  }
  if (authority === undefined) {
    return { code: isNamed(error, 'InvalidStateException') ? 'ISSUER_NOT_ACTIVE' : 'ISSUER_REFUSED' }
  }
  const { status, keyAlgorithm, isShortLived, notAfterMs = Number.POSITIVE_INFINITY } = authority
  if (status === 'EXPIRED' || notAfterMs <= nowMs) {
    return { code: 'ISSUER_EXPIRED', because: 'the certificate of the authority has expired' }
  }
  if (status !== 'ACTIVE') return { code: 'ISSUER_NOT_ACTIVE', because: `the authority is ${status}` }
  if (familyOf(keyAlgorithm) !== pcaSigningAlgorithms[signingAlgorithm]) {
    const because = `PcaSigningAlgorithm is ${signingAlgorithm} and the key of the authority ${keyAlgorithm}`
    return { code: 'ISSUER_KEY_DIFFERS', because }
  }
  if (nowMs + validityDays * dayMs > notAfterMs) {
    const because = `PcaValidityInDays is ${validityDays} and the authority ends at ${new Date(notAfterMs).toISOString()}`
    return { code: 'ISSUER_VALIDITY_TOO_LONG', because }
  }
  if (isShortLived && validityDays > shortLivedDays) {
    const because = `PcaValidityInDays is ${validityDays} and a short-lived authority issues for ${shortLivedDays}`
    return { code: 'ISSUER_VALIDITY_TOO_LONG', because }
  }
  return { code: 'ISSUER_REFUSED' }
}

/** @returns undefined for a family that no {@link pcaSigningAlgorithms} is of, such as SM2 or ML-DSA */
function familyOf(keyAlgorithm: string): 'RSA' | 'ECDSA' | undefined {
  if (keyAlgorithm.startsWith('RSA_')) return 'RSA'
  return keyAlgorithm.startsWith('EC_') ? 'ECDSA' : undefined
}
