import { createPublicKey, type KeyObject } from 'node:crypto'
import { invalidRequest } from '../api/aws-error.ts'
import {
  childrenOf,
  contentOf,
  type DerElement,
  DerError,
  readBitString,
  readElement,
  readOid,
  readSmallInteger,
} from './der-reader.ts'
import { readSignatureAlgorithm, signatureIsValid } from './signature-algorithms.ts'

/** A signing request whose signature was verified with its own key. */
export interface SigningRequest {
  /** DER of the subject's Name. */
  subject: Buffer
  /** DER of the SubjectPublicKeyInfo. */
  publicKeyInfo: Buffer
  /** DER of the extension with the alternative names that it asks for; undefined where it asks for none. */
  alternativeNames?: Buffer | undefined
}

/** Characters, as `CreateCertificateFromCsr` counts them. */
const csrLimit = 4096
const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1'])
const minimumRsaBits = 2048

/**
 * Reads a PKCS#10 request in PEM as AWS IoT accepts it: RSA of at least 2048 bits or NIST P-256, P-384, P-521, signed
 * by its own key with one of nine algorithms. Throws InvalidRequestException otherwise.
 */
export function readSigningRequest(csrPem: string): SigningRequest {
  if (csrPem.length > csrLimit)
    throw invalidRequest(`The CSR must have at most ${csrLimit} characters, it has ${csrPem.length}`)
  try {
    return readVerified(derOfPem(csrPem))
  } catch (error) {
    if (error instanceof DerError) throw invalidRequest(`The CSR is not valid: ${error.message}`)
    throw error
  }
}

function readVerified(der: Buffer): SigningRequest {
  const [info, algorithm, signature, ...rest] = childrenOf(readElement(der), 0x30)
  const [version, subject, publicKeyInfo, attributes] = childrenOf(info, 0x30)
  if (info === undefined || subject === undefined || publicKeyInfo === undefined || rest.length > 0)
    throw new DerError('it is no certification request')
  if (readSmallInteger(version) !== 0) throw new DerError('its version is not 1')
  contentOf(subject, 0x30)
  const alternativeNames = attributes && readAlternativeNames(attributes)
  const key = acceptedKey(publicKeyInfo.bytes)
  const scheme = readSignatureAlgorithm(algorithm)
  if (scheme === undefined) throw invalidRequest('The CSR is signed with an algorithm that is not supported')
  if (!signatureIsValid(scheme, key, info.bytes, readBitString(signature)))
    throw invalidRequest('The signature of the CSR does not match its public key')
  return {
    subject: Buffer.from(subject.bytes),
    publicKeyInfo: Buffer.from(publicKeyInfo.bytes),
    alternativeNames,
  }
}

const extensionRequest = '1.2.840.113549.1.9.14'
const subjectAltName = '2.5.29.17'

function readAlternativeNames(attributes: DerElement): Buffer | undefined {
  for (const attribute of childrenOf(attributes, 0xa0)) {
    const [type, values] = childrenOf(attribute, 0x30)
    if (readOid(type) !== extensionRequest) continue
    const [extensions] = childrenOf(values, 0x31)
    const found = childrenOf(extensions, 0x30).find(
      one => readOid(childrenOf(one, 0x30)[0]) === subjectAltName,
    )
    if (found !== undefined) return Buffer.from(found.bytes)
  }
  return undefined
}

function acceptedKey(publicKeyInfo: Buffer): KeyObject {
  const key = publicKey(publicKeyInfo)
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= minimumRsaBits) return key
  if (key.asymmetricKeyType === 'ec' && curves.has(namedCurve)) return key
  throw invalidRequest(
    `The CSR must have an RSA key of at least ${minimumRsaBits} bits or an EC key on P-256, P-384 or P-521`,
  )
}

function publicKey(publicKeyInfo: Buffer): KeyObject {
  try {
    return createPublicKey({ key: publicKeyInfo, format: 'der', type: 'spki' })
  } catch {
    throw invalidRequest('The public key of the CSR cannot be read')
  }
}

function derOfPem(pem: string): Buffer {
  const found =
    /^\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END \1?CERTIFICATE REQUEST-----\s*$/.exec(
      pem,
    )
  const base64 = found?.[2]?.replaceAll(/\s/g, '')
  if (
    base64 === undefined ||
    !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)
  )
    throw invalidRequest('The CSR is not a PEM encoded certificate request')
  return Buffer.from(base64, 'base64')
}
