import { X509Certificate } from 'node:crypto'
import { certificateParts } from '@rotator/protocol/x509/certificate'
import { subjectDigest } from '@rotator/protocol/x509/subject'
import { checkCsr, type IdentityDigest, keyDigest } from './csr-check.ts'

/** The certificate that a request is to replace. */
export interface PresentCertificate extends IdentityDigest {
  /** The end of its validity, in milliseconds since 1970. */
  notAfterMs: number
}

/** @param pem as AWS IoT describes it */
export function readPresentCertificate(pem: string): PresentCertificate {
  const certificate = new X509Certificate(pem)
  const { subject, publicKey } = certificateParts(certificate.raw)
  return {
    subjectDigest: subjectDigest(subject),
    keyDigest: keyDigest(publicKey),
    notAfterMs: notAfterOf(certificate),
  }
}

/** The end of a certificate's validity, in milliseconds since 1970. */
export const readNotAfter = (pem: string): number => notAfterOf(new X509Certificate(pem))

const notAfterOf = ({ validToDate }: X509Certificate): number => validToDate.getTime()

/** Whether whoever signed the request holds the certificate's key. */
export function isIssuedFor(pem: string, csr: string): boolean {
  const { subjectDigest: subject, keyDigest: key } = readPresentCertificate(pem)
  const verdict = checkCsr(csr, { subjectDigest: subject, keyDigest: '' })
  return verdict.ok && verdict.keyDigest === key
}
