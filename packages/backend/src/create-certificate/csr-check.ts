import { constants, createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { keyAlgorithms, signingAlgorithms } from '@rotator/protocol/algorithms'
import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import { type Csr, parseCsr } from '@rotator/protocol/x509/csr'

/** What a request is compared with: the certificate that it is to replace. */
export interface Replaced {
  /** The subject's Name in DER. */
  subject: Buffer
  /** {@link keyDigest} of its public key. */
  keyDigest: string
}

export type CsrVerdict =
  | { ok: true; csr: Csr; keyDigest: string }
  | { ok: false; code: CsrRejection; problem: string }

type CsrRejection = Extract<RejectionCode, `CSR_${string}`>

/**
 * Checks that a request is one to issue for: readable, of a key and a signature in the table of algorithms,
 * signed by its own key, with the replaced certificate's subject and not its key.
 */
export function checkCsr(pem: string, replaced: Replaced): CsrVerdict {
  const parsed = parseCsr(pem)
  if (!parsed.ok) {
    return refuse(parsed.reason === 'algorithm' ? 'CSR_ALGORITHM_NOT_ALLOWED' : 'CSR_INVALID', parsed.problem)
  }
  const csr = parsed.value
  const key = readKey(csr.publicKey)
  if (key === undefined) return refuse('CSR_INVALID', 'the public key cannot be read')
  const scheme = signingAlgorithms[csr.signingAlgorithm]
  if (familyOf(key) !== scheme.family) {
    return refuse(
      'CSR_ALGORITHM_NOT_ALLOWED',
      `${describe(key)} is not in the table, or does not go with ${csr.signingAlgorithm}`,
    )
  }
  if (!isSigned(csr, key)) return refuse('CSR_INVALID', 'the signature is not of the key in the request')
  if (!csr.subject.equals(replaced.subject)) {
    return refuse('CSR_SUBJECT_DIFFERS', 'the subject is not that of the present certificate')
  }
  const digest = digestOf(key)
  if (digest === replaced.keyDigest)
    return refuse('CSR_KEY_NOT_NEW', 'the key is that of the present certificate')
  return { ok: true, csr, keyDigest: digest }
}

/**
 * SHA-256 of a public key in hexadecimal, the same for every encoding of the same key.
 *
 * @param spki SubjectPublicKeyInfo in DER
 */
export const keyDigest = (spki: Buffer): string =>
  digestOf(createPublicKey({ key: spki, format: 'der', type: 'spki' }))

/** Through JWK, because a point of a curve has two encodings in DER and one there. */
function digestOf(key: KeyObject): string {
  const canonical = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' })
  return createHash('sha256')
    .update(canonical.export({ format: 'der', type: 'spki' }))
    .digest('hex')
}

const refuse = (code: CsrRejection, problem: string): CsrVerdict => ({ ok: false, code, problem })

function readKey(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

const moduli = new Set<number | undefined>(
  Object.values(keyAlgorithms).flatMap(key => ('modulusLength' in key ? key.modulusLength : [])),
)
/** OpenSSL's names of P-256, P-384 and P-521. */
const curves = new Set<string | undefined>(['prime256v1', 'secp384r1', 'secp521r1'])

/** @returns undefined for a key that is not in the table of algorithms */
function familyOf(key: KeyObject): 'RSA' | 'EC' | undefined {
  const details = key.asymmetricKeyDetails
  if (key.asymmetricKeyType === 'rsa') {
    return moduli.has(details?.modulusLength) && details?.publicExponent === 65_537n ? 'RSA' : undefined
  }
  return key.asymmetricKeyType === 'ec' && curves.has(details?.namedCurve) ? 'EC' : undefined
}

function describe(key: KeyObject): string {
  const details = key.asymmetricKeyDetails
  const size = details?.modulusLength ?? details?.namedCurve
  return `a key of type ${key.asymmetricKeyType}${size === undefined ? '' : ` (${size})`}`
}

function isSigned(csr: Csr, key: KeyObject): boolean {
  const { scheme, hash } = signingAlgorithms[csr.signingAlgorithm]
  return verify(hash, csr.info, paddingOf(key, scheme), csr.signature)
}

function paddingOf(key: KeyObject, scheme: 'pkcs1' | 'pss' | 'ecdsa') {
  switch (scheme) {
    case 'pkcs1':
      return { key, padding: constants.RSA_PKCS1_PADDING }
    case 'pss':
      return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    case 'ecdsa':
      return { key, dsaEncoding: 'der' as const }
  }
}
