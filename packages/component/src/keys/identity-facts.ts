import { createPublicKey, type KeyObject, randomBytes, sign, verify, X509Certificate } from 'node:crypto'
import type { CertificateId } from '@rotator/protocol/ids'
import { certificateId, certificateParts, firstCertificate } from '@rotator/protocol/x509/certificate'
import { encodePem } from '@rotator/protocol/x509/pem'

export interface CertificateFacts {
  certificateId: CertificateId
  /**
   * The first certificate alone, in PEM written anew: what was read leniently must be readable to the nucleus, which is
   * not lenient.
   */
  pem: string
  der: Buffer
  /** The subject's Name in DER. */
  subject: Buffer
  publicKey: KeyObject
  /** Milliseconds since 1970. */
  notBefore: number
  notAfter: number
}

/** @returns undefined where the text has no certificate that can be read. */
export function readCertificate(text: string): CertificateFacts | undefined {
  const block = firstCertificate(text)
  if (block === undefined) return undefined
  try {
    const certificate = new X509Certificate(block.der)
    return {
      certificateId: certificateId(block.der),
      pem: encodePem('CERTIFICATE', block.der),
      der: block.der,
      subject: certificateParts(block.der).subject,
      publicKey: certificate.publicKey,
      notBefore: timeOf(certificate.validFrom),
      notAfter: timeOf(certificate.validTo),
    }
  } catch {
    return undefined
  }
}

/**
 * @param printed as OpenSSL prints it, which shows a time that is none; Node's own dates do not always, and no comparison
 * with such a date is ever true
 */
function timeOf(printed: string): number {
  const ms = Date.parse(printed)
  if (Number.isNaN(ms)) throw new RangeError(`a certificate's validity is no time: ${printed}`)
  return ms
}

/** Proves it by a signature, rather than by comparing what the files say. */
export function belongTogether(certificate: CertificateFacts, key: KeyObject): boolean {
  const bytes = randomBytes(32)
  return (
    certificate.publicKey.equals(createPublicKey(key)) &&
    verify('sha256', bytes, certificate.publicKey, sign('sha256', bytes, key))
  )
}
