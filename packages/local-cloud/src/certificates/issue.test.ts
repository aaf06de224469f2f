import 'reflect-metadata'
import { generateKeyPairSync } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  PublicKey,
  SubjectKeyIdentifierExtension,
  X509Certificate,
} from '@peculiar/x509'
import { describe, expect, test } from 'vitest'
import { distinguishedName, issueCertificate } from './issue.ts'

const ec = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

describe.each([
  ['EC', 'RSA', ec(), rsa()],
  ['RSA', 'EC', rsa(), ec()],
])('an %s key certified by an %s key', (_subjectType, _issuerType, subject, issuer) => {
  const publicKeyInfo = subject.publicKey.export({ format: 'der', type: 'spki' })
  const certificate = new X509Certificate(
    issueCertificate(
      { name: distinguishedName([['CN', 'issuer']]), privateKey: issuer.privateKey },
      {
        subject: distinguishedName([['CN', 'device']]),
        publicKeyInfo,
        notBefore: new Date('2026-01-01'),
        notAfter: new Date('2049-12-31T23:59:59Z'),
        purpose: 'client',
      },
    ),
  )

  test('is identified by SHA-1 of its bits, as another implementation computes it', async () => {
    const expected = await SubjectKeyIdentifierExtension.create(certificate.publicKey)
    expect(certificate.getExtension(SubjectKeyIdentifierExtension)?.keyId).toBe(expected.keyId)
  })

  test('names the issuer by the identifier that the issuer’s own certificate has', async () => {
    const issuerKey = new PublicKey(issuer.publicKey.export({ format: 'der', type: 'spki' }))
    const expected = await SubjectKeyIdentifierExtension.create(issuerKey)
    expect(certificate.getExtension(AuthorityKeyIdentifierExtension)?.keyId).toBe(expected.keyId)
  })
})
