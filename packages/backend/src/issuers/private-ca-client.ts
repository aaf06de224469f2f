import {
  ACMPCAClient,
  DescribeCertificateAuthorityCommand,
  GetCertificateAuthorityCertificateCommand,
  GetCertificateCommand,
  IssueCertificateCommand,
  RevokeCertificateCommand,
} from '@aws-sdk/client-acm-pca'
import type { ClientSettings } from '../aws/clients.ts'
import type { PrivateCa } from './private-ca.ts'

/**
 * An authority, reached by the SDK.
 *
 * Nothing else is imported here, and this file only where an authority is used: it brings a generation of the SDK of
 * its own, which costs the start of a function 50 ms.
 */
export function privateCaClient(settings: ClientSettings, authorityArn: string): PrivateCa {
  const client = new ACMPCAClient(settings)
  const authority = { CertificateAuthorityArn: authorityArn }
  return {
    async order({ csr, signingAlgorithm, templateArn, validityDays, idempotencyToken }) {
      const { CertificateArn } = await client.send(
        new IssueCertificateCommand({
          ...authority,
          Csr: Buffer.from(csr),
          SigningAlgorithm: signingAlgorithm,
          TemplateArn: templateArn,
          Validity: { Type: 'DAYS', Value: validityDays },
          IdempotencyToken: idempotencyToken,
        }),
      )
      return CertificateArn
    },
    async fetch(certificateArn) {
      const command = new GetCertificateCommand({ ...authority, CertificateArn: certificateArn })
      return (await client.send(command)).Certificate
    },
    async describe() {
      const answer = await client.send(new DescribeCertificateAuthorityCommand(authority))
      return answer.CertificateAuthority
    },
    async ownCertificate() {
      return (await client.send(new GetCertificateAuthorityCertificateCommand(authority))).Certificate
    },
    async revoke(serial, reason) {
      await client.send(
        new RevokeCertificateCommand({ ...authority, CertificateSerial: serial, RevocationReason: reason }),
      )
    },
  }
}
