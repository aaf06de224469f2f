import { createHash, webcrypto, X509Certificate } from 'node:crypto'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'

export interface TestIdentity {
  readonly certificatePem: string
  readonly privateKeyPem: string
  readonly fingerprint: string
}

/** A certificate authority for tests; makes server and device identities with P-256 keys. */
export interface TestAuthority {
  readonly caPem: string
  readonly issue: (commonName: string) => Promise<TestIdentity>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const validity = {
  notBefore: new Date('2020-01-01T00:00:00Z'),
  notAfter: new Date('2120-01-01T00:00:00Z'),
}

export async function createTestAuthority(): Promise<TestAuthority> {
  const caKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Test CA',
    ...validity,
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  })
  let serial = 1
  return {
    caPem: `${ca.toString('pem')}\n`,
    issue: async commonName => {
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      serial++
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serial.toString(16).padStart(4, '0'),
        subject: `CN=${commonName}`,
        issuer: ca.subject,
        ...validity,
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey: caKeys.privateKey,
        extensions: [
          new x509.SubjectAlternativeNameExtension([
            { type: 'dns', value: 'localhost' },
            { type: 'ip', value: '127.0.0.1' },
          ]),
        ],
      })
      const certificatePem = `${certificate.toString('pem')}\n`
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
      return {
        certificatePem,
        privateKeyPem: toPem('PRIVATE KEY', pkcs8),
        fingerprint: createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('hex'),
      }
    },
  }
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
