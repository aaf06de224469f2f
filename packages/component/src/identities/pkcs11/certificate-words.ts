import { certificateParts } from '@rotator/protocol/x509/certificate'
import type { CertificateWords } from './token.ts'

/** Throws `DerError` for what is no certificate. */
export function wordsOf(der: Buffer): CertificateWords {
  const { subject, issuer, serialNumber } = certificateParts(der)
  return { der, subject, issuer, serialNumber }
}
