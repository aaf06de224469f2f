import { createHash, createPublicKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto'
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
  /** Makes a certificate in PEM for a key of any kind. */
  readonly certify: (commonName: string, publicKey: KeyObject) => Promise<string>
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
  const certify = async (commonName: string, publicKey: KeyObject): Promise<string> => {
    serial++
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial.toString(16).padStart(4, '0'),
      subject: `CN=${commonName}`,
      issuer: ca.subject,
      ...validity,
      signingAlgorithm: algorithm,
      publicKey: new x509.PublicKey(publicKey.export({ type: 'spki', format: 'der' })),
      signingKey: caKeys.privateKey,
      extensions: [
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    })
    return `${certificate.toString('pem')}\n`
  }
  return {
    caPem: `${ca.toString('pem')}\n`,
    certify,
    issue: async commonName => {
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
      const privateKeyPem = toPem('PRIVATE KEY', pkcs8)
      const certificatePem = await certify(commonName, createPublicKey(privateKeyPem))
      return {
        certificatePem,
        privateKeyPem,
        fingerprint: createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('hex'),
      }
    },
  }
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
