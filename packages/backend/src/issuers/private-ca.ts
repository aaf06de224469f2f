import type { PcaSigningAlgorithm } from './private-ca-settings.ts'

/** What one certificate is asked for with. */
export interface CertificateOrder {
  /** PEM */
  csr: string
  signingAlgorithm: PcaSigningAlgorithm
  templateArn: string
  validityDays: number
  /** At most 36 characters; AWS takes requests with the same one for repeats, for five minutes. */
  idempotencyToken: string
}

/** One authority of AWS Private CA. Every call throws what the SDK throws. */
export interface PrivateCa {
  /** @returns the ARN of a certificate that is being issued */
  order(order: CertificateOrder): Promise<string | undefined>
  /** @returns the certificate in PEM, without those of its authorities */
  fetch(certificateArn: string | undefined): Promise<string | undefined>
  /** The authority as AWS describes it. */
  describe(): Promise<unknown>
  /** The authority's own certificate, in PEM. */
  ownCertificate(): Promise<string | undefined>
  /** @param serial hexadecimal */
  revoke(serial: string, reason: 'SUPERSEDED'): Promise<void>
}
