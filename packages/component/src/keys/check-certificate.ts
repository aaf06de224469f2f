import type { CertificateId } from '@rotator/protocol/ids'
import { isSameSubject } from '@rotator/protocol/x509/subject'
import type { FileSystem } from '../identities/files/file-system.ts'
import { belongTogether, type CertificateFacts, readCertificate } from './identity-facts.ts'
import { readPrivateKey } from './private-key.ts'

export interface CertificateCheckRequest {
  /** What came from the cloud, whatever it is. */
  certificatePem: string
  /** The pending private key. */
  keyPath: string
  /** The certificate that is in use, whose subject the new one must have. */
  currentCertificatePath: string
  /** Milliseconds since 1970. */
  now: number
}

export type CertificateCheck =
  | { kind: 'certificate-usable'; certificateId: CertificateId; pem: string }
  | { kind: 'certificate-unusable'; reason: string }
  /** By the clock the certificate in use is not valid either, though it connects: such a clock judges nothing. */
  | { kind: 'certificate-undecided' }
  | { kind: 'pending-lost' }

const dayMs = 24 * 60 * 60 * 1000

/** Judges a certificate from the cloud before anything is switched to it. */
export function checkCertificate(fs: FileSystem, request: CertificateCheckRequest): CertificateCheck {
  const certificate = readCertificate(request.certificatePem)
  if (certificate === undefined) return unreadable
  const key = readPrivateKey(fs.read(request.keyPath).toString())
  if (!key.ok) return { kind: 'pending-lost' }
  if (!belongTogether(certificate, key.key)) return ofAnotherKey
  const current = readCertificate(fs.read(request.currentCertificatePath).toString())
  return judgeBeside(current, certificate, request.now)
}

/** Judges a certificate that belongs to its key by what it is to replace, and by the clock. */
export function judgeBeside(
  current: CertificateFacts | undefined,
  certificate: CertificateFacts,
  now: number,
): CertificateCheck {
  if (current === undefined) return judgeDates(certificate, now)
  if (!isSameSubject(current.subject, certificate.subject)) {
    return unusable('names another subject than the certificate that it is to replace')
  }
  if (now < current.notBefore) return { kind: 'certificate-undecided' }
  const verdict = judgeDates(certificate, now)
  // A clock that is right finds a present certificate expired too, in its last connection; then a valid new one is needed.
  const isAhead = current.notAfter <= now && verdict.kind === 'certificate-unusable'
  return isAhead ? { kind: 'certificate-undecided' } : verdict
}

/** A day ahead is let pass: the clocks of devices differ from the issuer's. */
function judgeDates(certificate: CertificateFacts, now: number): CertificateCheck {
  const { notBefore, notAfter, certificateId, pem } = certificate
  if (notAfter <= now) return unusable(`expired on ${day(notAfter)}, and the device's clock says ${day(now)}`)
  if (notBefore > now + dayMs) {
    return unusable(`is valid only from ${day(notBefore)}, and the device's clock says ${day(now)}`)
  }
  return { kind: 'certificate-usable', certificateId, pem }
}

const day = (ms: number): string => new Date(ms).toISOString()

const unusable = (how: string): CertificateCheck => ({
  kind: 'certificate-unusable',
  reason: `The certificate from the cloud ${how}. Check the issuer that the backend is set to; nothing was switched.`,
})

export const unreadable = unusable('is no certificate in PEM that can be read')
export const ofAnotherKey = unusable('is for another key than the one that it was asked for')
