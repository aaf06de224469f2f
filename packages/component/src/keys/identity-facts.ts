import { createPublicKey, type KeyObject, randomBytes, sign, verify, X509Certificate } from 'node:crypto'
import type { CertificateId } from '@rotator/protocol/ids'
import { certificateId, certificateParts, firstCertificate } from '@rotator/protocol/x509/certificate'

export interface CertificateFacts {
  certificateId: CertificateId
  /** The first certificate's own PEM, without anything around it. */
  pem: string
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
      pem: block.text,
      subject: certificateParts(block.der).subject,
      publicKey: certificate.publicKey,
      notBefore: certificate.validFromDate.getTime(),
      notAfter: certificate.validToDate.getTime(),
    }
  } catch {
    return undefined
  }
}

/** Proves it by a signature, rather than by comparing what the files say. */
export function belongTogether(certificate: CertificateFacts, key: KeyObject): boolean {
  const bytes = randomBytes(32)
  return (
    certificate.publicKey.equals(createPublicKey(key)) &&
    verify('sha256', bytes, certificate.publicKey, sign('sha256', bytes, key))
  )
}
