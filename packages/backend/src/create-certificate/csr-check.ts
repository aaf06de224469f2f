import { constants, createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { keyAlgorithms, signingAlgorithms } from '@rotator/protocol/algorithms'
import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import { type Csr, parseCsr } from '@rotator/protocol/x509/csr'
import { subjectDigest } from '@rotator/protocol/x509/subject'

/** A subject and a key by their digests: SHA-256 in hexadecimal. */
export interface IdentityDigest {
  /** See `subjectDigest`. */
  subjectDigest: string
  /** See {@link keyDigest}. */
  keyDigest: string
}

export type CsrVerdict =
  | ({ ok: true } & IdentityDigest)
  | { ok: false; code: Extract<RejectionCode, `CSR_${string}`>; problem: string }

/**
 * Checks that a request is one to issue for: readable, of a key in its plain form and a signature in the table of algorithms,
 * signed by its own key, with the subject and not the key of the certificate that it is to replace, and for nothing more:
 * AWS Private CA copies the alternative names that a request's attributes ask for, and what it issues may be a server's.
 */
export function checkCsr(pem: string, replaced: IdentityDigest): CsrVerdict {
  const parsed = parseCsr(pem)
  if (!parsed.ok) {
    const code = parsed.reason === 'algorithm' ? 'CSR_ALGORITHM_NOT_ALLOWED' : 'CSR_INVALID'
    return { ok: false, code, problem: parsed.problem }
  }
  const csr = parsed.value
  if (csr.hasAttributes) {
    const problem = 'the request has attributes; it must ask for no extensions, such as further names'
    return refuse('CSR_INVALID', problem)
  }
  const key = readKey(csr.publicKey)
  if (key === undefined) return refuse('CSR_INVALID', 'the public key cannot be read')
  if (familyOf(key) !== signingAlgorithms[csr.signingAlgorithm].family) {
    const problem = `the key (${describe(key)}) is not in the table or does not go with ${csr.signingAlgorithm}`
    return refuse('CSR_ALGORITHM_NOT_ALLOWED', problem)
  }
  const plain = plainForm(key)
  // One key has one form here, or a record and an authority could take it for two.
  if (!csr.publicKey.equals(plain)) {
    const problem =
      'the key is not in its plain form: a curve by its name, a point with both of its coordinates'
    return refuse('CSR_INVALID', problem)
  }
  if (!isSigned(csr, key)) return refuse('CSR_INVALID', 'the signature is not of the key in the request')
  const subject = readSubject(csr.subject)
  if (subject === undefined) return refuse('CSR_INVALID', 'the subject cannot be read')
  const own: IdentityDigest = { subjectDigest: subject, keyDigest: sha256(plain) }
  if (own.subjectDigest !== replaced.subjectDigest) {
    return refuse('CSR_SUBJECT_DIFFERS', 'the subject is not that of the present certificate')
  }
  if (own.keyDigest === replaced.keyDigest) {
    return refuse('CSR_KEY_NOT_NEW', 'the key is that of the present certificate')
  }
  return { ok: true, ...own }
}

const refuse = (code: Extract<RejectionCode, `CSR_${string}`>, problem: string): CsrVerdict => ({
  ok: false,
  code,
  problem,
})

/**
 * SHA-256 of a public key's SubjectPublicKeyInfo, the same for every encoding of the same key.
 *
 * @param spki SubjectPublicKeyInfo in DER
 */
export const keyDigest = (spki: Buffer): string =>
  sha256(plainForm(createPublicKey({ key: spki, format: 'der', type: 'spki' })))

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/**
 * How a SubjectPublicKeyInfo begins, up to the coordinates, by OpenSSL's names of P-256, P-384 and P-521: the curve by its
 * name and not by its numbers, and a point that is neither compressed nor hybrid (RFC 5480 §2.1.1, §2.2).
 */
const curves = new Map<string | undefined, Buffer>([
  ['prime256v1', Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')],
  ['secp384r1', Buffer.from('3076301006072a8648ce3d020106052b8104002203620004', 'hex')],
  ['secp521r1', Buffer.from('30819b301006072a8648ce3d020106052b810400230381860004', 'hex')],
])

/** The SubjectPublicKeyInfo that a device would send for the key, in DER. */
function plainForm(key: KeyObject): Buffer {
  const spki = key.export({ format: 'der', type: 'spki' })
  const beginning = curves.get(key.asymmetricKeyDetails?.namedCurve)
  if (beginning === undefined || spki.subarray(0, beginning.length).equals(beginning)) return spki
  // JWK has one form only. It does not know every curve.
  const jwk = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' })
  return jwk.export({ format: 'der', type: 'spki' })
}

function readSubject(name: Buffer): string | undefined {
  try {
    return subjectDigest(name)
  } catch {
    return undefined
  }
}

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

/** @returns undefined for a key that is not in the table of algorithms */
function familyOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): 'RSA' | 'EC' | undefined {
  if (asymmetricKeyType === 'ec') return curves.has(asymmetricKeyDetails?.namedCurve) ? 'EC' : undefined
  const isInTable =
    asymmetricKeyType === 'rsa' &&
    moduli.has(asymmetricKeyDetails?.modulusLength) &&
    asymmetricKeyDetails?.publicExponent === 65_537n
  return isInTable ? 'RSA' : undefined
}

function describe({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const size = asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve ?? ''
  return `${asymmetricKeyType} ${size}`.trim()
}

function isSigned({ signingAlgorithm, info, signature }: Csr, key: KeyObject): boolean {
  const { scheme, hash } = signingAlgorithms[signingAlgorithm]
  const padding =
    scheme === 'pss'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {}
  return verify(hash, info, { key, ...padding }, signature)
}
