import type { FileSystem } from '../identities/files/file-system.ts'
import { type CertificateCheck, type CertificateCheckRequest, checkCertificate } from './check-certificate.ts'
import { type IdentityPaths, type Inspection, inspectIdentity } from './inspect-identity.ts'
import { type MakePendingOutcome, type MakePendingRequest, makePending } from './make-pending.ts'

/** The work on keys and certificates that identities in files need. */
export interface CryptoTasks {
  inspectIdentity(paths: IdentityPaths): Promise<Inspection>
  makePending(request: MakePendingRequest): Promise<MakePendingOutcome>
  checkCertificate(request: CertificateCheckRequest): Promise<CertificateCheck>
}

export const cryptoTasks = (fs: FileSystem): CryptoTasks => ({
  inspectIdentity: async paths => inspectIdentity(fs, paths),
  makePending: async request => makePending(fs, request),
  checkCertificate: async request => checkCertificate(fs, request),
})
