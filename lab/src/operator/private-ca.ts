import { X509Certificate } from 'node:crypto'
import { ACMPCAClient, GetCertificateAuthorityCertificateCommand } from '@aws-sdk/client-acm-pca'
import { DescribeCertificateCommand, type IoTClient } from '@aws-sdk/client-iot'

/** Where the authority of AWS Private CA is, and where what it issues is registered. */
export interface AuthorityAccess {
  iot: IoTClient
  /** Every AWS API, such as `http://127.0.0.1:4566`. */
  endpoint: string
  region: string
  authorityArn: string
}

/** What is wrong with a registered certificate that an authority of AWS Private CA must have issued. */
export async function issuerProblems(access: AuthorityAccess, certificateId: string): Promise<string[]> {
  const { iot, endpoint, region, authorityArn } = access
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'operator' }
  const pca = new ACMPCAClient({ endpoint, region, credentials })
  try {
    const [own, described] = await Promise.all([
      pca.send(new GetCertificateAuthorityCertificateCommand({ CertificateAuthorityArn: authorityArn })),
      iot.send(new DescribeCertificateCommand({ certificateId })),
    ])
    const authority = new X509Certificate(own.Certificate ?? '')
    const certificate = new X509Certificate(described.certificateDescription?.certificatePem ?? '')
    return certificate.verify(authority.publicKey) ? [] : [`${authorityArn} has not issued the certificate.`]
  } finally {
    pca.destroy()
  }
}
