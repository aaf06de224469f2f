import { createHash } from 'node:crypto'
import type { CertificateId } from '../ids.ts'
import { context, DerError, readInside, tags } from './der.ts'
import { type PemBlock, readPem } from './pem.ts'

const labels = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']

/** The first certificate of a text: of a chain it is the leaf. */
export function firstCertificate(text: string): PemBlock | undefined {
  return readPem(text).find(({ label }) => labels.includes(label))
}

/** The id that AWS IoT knows a certificate by: SHA-256 of its DER. */
export function certificateId(der: Uint8Array): CertificateId {
  return createHash('sha256').update(der).digest('hex') as CertificateId
}

/** Parts of a certificate (RFC 5280 §4.1), each in DER. */
export interface CertificateParts {
  serialNumber: Buffer
  issuer: Buffer
  subject: Buffer
  publicKey: Buffer
}

/** Throws {@link DerError} for what is no certificate. */
export function certificateParts(der: Buffer): CertificateParts {
  const [toBeSigned] = readInside(der, tags.sequence)
  if (toBeSigned === undefined) throw new DerError('a certificate is not empty')
  const fields = readInside(toBeSigned.whole, tags.sequence)
  // A certificate of version 1 leaves out the version.
  const unversioned = fields[0]?.tag === context(0) ? fields.slice(1) : fields
  const [serialNumber, , issuer, , subject, publicKey] = unversioned
  if (serialNumber === undefined || issuer === undefined || subject === undefined || publicKey === undefined)
    throw new DerError('a certificate has a number, an issuer, a subject and a key')
  return {
    serialNumber: serialNumber.whole,
    issuer: issuer.whole,
    subject: subject.whole,
    publicKey: publicKey.whole,
  }
}
