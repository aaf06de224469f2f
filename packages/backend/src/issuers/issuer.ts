import type { CertificateId } from '@rotator/protocol/ids'

/** What comes of asking a certificate authority. */
export type Issuing =
  | { kind: 'issued'; certificateId: CertificateId; certificatePem: string }
  /** It may work later. */
  | { kind: 'busy'; problem: string }
  /** It will not work: the problem is for the operator. */
  | { kind: 'refused'; problem: string }

export interface IssueRequest {
  /** PEM */
  csr: string
  /** The same for every repeat of a request, so that an authority that can tells a repeat from another one. */
  token: string
}

/**
 * A certificate authority and the registration of what it issues in AWS IoT.
 *
 * What it gives is ACTIVE, attached to nothing, and has no policies: whoever holds it can do nothing yet.
 */
export interface Issuer {
  issue(request: IssueRequest): Promise<Issuing>
}
