import 'reflect-metadata'
import { webcrypto, X509Certificate } from 'node:crypto'
import { cryptoProvider, X509CertificateGenerator } from '@peculiar/x509'
import { beforeAll, describe, expect, test } from 'vitest'
import { certificateId, certificateParts, firstCertificate } from './certificate.ts'
import { sequence, smallInteger } from './der.ts'
import { encodePem, readPem } from './pem.ts'

let pem = ''
let other = ''

beforeAll(async () => {
  cryptoProvider.set(webcrypto)
  pem = await selfSigned('CN=first, O=Größe')
  other = await selfSigned('CN=second')
})

async function selfSigned(name: string): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: algorithm,
  })
  return `${certificate.toString('pem')}\n`
}

describe('certificates', () => {
  test('the first of a chain counts, whatever text, headers and line ends stand around', () => {
    const file = `Bag Attributes\r\n    friendlyName: device\r\n${pem.replaceAll('\n', '\r\n')}${other}`
    expect(firstCertificate(file)?.der).toEqual(firstCertificate(pem)?.der)
    expect(firstCertificate(file)?.text).toBe(pem)
  })

  test('a private key before the certificate is passed over', () => {
    const file = encodePem('PRIVATE KEY', Buffer.from('key')) + pem
    expect(firstCertificate(file)?.text).toBe(pem)
  })

  test('the id is the SHA-256 fingerprint', () => {
    const { fingerprint256, raw } = new X509Certificate(pem)
    expect(certificateId(raw)).toBe(fingerprint256.replaceAll(':', '').toLowerCase())
  })

  test('subject, issuer, number and key are those of the certificate', () => {
    const certificate = new X509Certificate(pem)
    const parts = certificateParts(certificate.raw)
    // It signed itself.
    expect(parts.issuer).toEqual(parts.subject)
    expect(parts.serialNumber.subarray(2).toString('hex')).toMatch(
      new RegExp(`^(00)?0*${certificate.serialNumber}$`, 'iu'),
    )
    expect(parts.publicKey).toEqual(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    expect(parts.subject.includes(Buffer.from('Größe'))).toBe(true)
  })

  test('a certificate of version 1 has its fields in the same order', () => {
    const parts = sequence(sequence(...Array.from({ length: 6 }, (_, n) => smallInteger(n))))
    expect(certificateParts(parts)).toEqual({
      serialNumber: smallInteger(0),
      issuer: smallInteger(2),
      subject: smallInteger(4),
      publicKey: smallInteger(5),
    })
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['an empty sequence', sequence()],
    ['an empty sequence in another', sequence(sequence())],
    ['too few fields', sequence(sequence(smallInteger(1)))],
    ['no key', sequence(sequence(...Array.from({ length: 5 }, (_, n) => smallInteger(n))))],
  ])('%s is no certificate', (_, der) => {
    expect(() => certificateParts(der)).toThrow()
  })
})

describe('PEM', () => {
  test('headers of an encrypted key are no part of its bytes', () => {
    const text =
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES,00\n\nAAEC\n-----END RSA PRIVATE KEY-----\n'
    expect(readPem(text)).toEqual([{ label: 'RSA PRIVATE KEY', text, der: Buffer.from([0, 1, 2]) }])
  })

  test('a block that is cut short, or ends as another, is none', () => {
    expect(readPem('-----BEGIN CERTIFICATE-----\nAAEC\n')).toEqual([])
    expect(readPem('-----BEGIN CERTIFICATE-----\nAAEC\n-----END PRIVATE KEY-----\n')).toEqual([])
  })
})
