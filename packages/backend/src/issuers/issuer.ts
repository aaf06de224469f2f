import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import type { RejectionCode } from '@rotator/protocol/rejection-codes'

/** Why an authority will not issue, by what an operator can do about it. */
export type IssuerCode = Exclude<Extract<RejectionCode, `ISSUER_${string}`>, 'ISSUER_BUSY'>

/** What comes of asking a certificate authority. */
export type Issuing =
  | { kind: 'issued'; certificateId: CertificateId; certificatePem: string }
  /** It may work later. */
  | { kind: 'busy'; problem: string }
  /** It will not work: code and problem are for the operator. */
  | { kind: 'refused'; code: IssuerCode; problem: string }

export interface IssueRequest {
  thingName: ThingName
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
  /**
   * How long a repeat may still be given the same certificate as the request before it; 0 where it never is. What
   * a dead function has left behind must not be retired before then: its repeat may be about to use it.
   */
  repeatsForSeconds: number
  issue(request: IssueRequest): Promise<Issuing>
}
