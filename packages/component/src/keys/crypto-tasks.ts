import type { CertificateCheck, CertificateCheckRequest } from './check-certificate.ts'
import type { IdentityPaths, Inspection } from './inspect-identity.ts'
import type { MakePendingOutcome, MakePendingRequest } from './make-pending.ts'

/**
 * The work that loads OpenSSL's parsers and generators. It runs in a short-lived child, whose memory goes back,
 * and works on files: no private key is ever sent to it or comes back from it.
 */
export interface CryptoTasks {
  inspectIdentity(paths: IdentityPaths): Promise<Inspection>
  makePending(request: MakePendingRequest): Promise<MakePendingOutcome>
  checkCertificate(request: CertificateCheckRequest): Promise<CertificateCheck>
}
