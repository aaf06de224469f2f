import { type CertificateId, certificateIdSchema } from '@rotator/protocol/ids'
import { parseWith } from '@rotator/protocol/parsed'

/** The two names of a certificate: rules give the id, the registry the ARN. */
export interface CertificateArns {
  of(id: CertificateId): string
  /** @returns undefined for a principal that is no certificate of this account */
  idOf(principal: string): CertificateId | undefined
}

/** @param prefix everything before the id: `arn:aws:iot:<region>:<account>:cert/` */
export function certificateArns(prefix: string): CertificateArns {
  return {
    of: id => prefix + id,
    idOf(principal) {
      if (!principal.startsWith(prefix)) return undefined
      const id = parseWith(certificateIdSchema, principal.slice(prefix.length))
      return id.ok ? id.value : undefined
    },
  }
}
