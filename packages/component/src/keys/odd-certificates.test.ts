import { X509Certificate } from 'node:crypto'
import { encodePem } from '@rotator/protocol/x509/pem'
import { expect, test } from 'vitest'
import { TestAuthority } from '../testing/test-authority.ts'
import { readCertificate } from './identity-facts.ts'

const { certificatePem } = await new TestAuthority().identity()
const lines = certificatePem.trim().split('\n')

test.each([
  ['an empty line in it', lines.toSpliced(2, 0, '')],
  ['characters that are none of base64', lines.with(2, `${lines[2]}!`)],
  ['no ends of lines', [lines[0], lines.slice(1, -1).join(''), lines.at(-1)]],
  ['an older label', lines.map(line => line.replace('CERTIFICATE', 'X509 CERTIFICATE'))],
])('D9: a certificate with %s is stored in a form that OpenSSL opens', (_what, written) => {
  const { pem = '' } = readCertificate(written.join('\n')) ?? {}
  expect(pem).toBe(certificatePem)
  expect(new X509Certificate(pem).fingerprint256).toBe(new X509Certificate(certificatePem).fingerprint256)
})

test('D9: a certificate that is valid until no time is none', () => {
  const der = new X509Certificate(certificatePem).raw
  const validity = /\d{12}Z/u.exec(der.toString('latin1'))
  der.write('xx', (validity?.index ?? 0) + 2)
  const pem = encodePem('CERTIFICATE', der)
  expect(new X509Certificate(pem).validFrom).toBe('Bad time value')
  expect(readCertificate(pem)).toBeUndefined()
})
