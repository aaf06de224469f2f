import { generateKeyPairSync } from 'node:crypto'
import { type SigningAlgorithm, signingAlgorithms } from '@rotator/protocol/algorithms'
import { certificateParts, firstCertificate } from '@rotator/protocol/x509/certificate'
import { csrPem, makeCsr, parseCsr } from '@rotator/protocol/x509/csr'
import { element, tags } from '@rotator/protocol/x509/der'
import { subjectDigest } from '@rotator/protocol/x509/subject'
import { describe, expect, test } from 'vitest'
import { commonName, issueCertificate } from '../testing/fake-certificates.ts'
import {
  deviceSubject,
  type KeyPair,
  newKey,
  requestFor,
  requestForServer,
  spki,
} from '../testing/fake-requests.ts'
import { checkCsr, keyDigest } from './csr-check.ts'
import { readPresentCertificate } from './present-certificate.ts'

const replacedKey = newKey()
const replaced = { subjectDigest: subjectDigest(deviceSubject), keyDigest: keyDigest(spki(replacedKey)) }
const rsa = (modulusLength: number, publicExponent = 0x10001): KeyPair =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })
const rsa2048 = rsa(2048)
const keys: Record<'RSA' | 'EC', KeyPair[]> = {
  RSA: [rsa2048],
  EC: [newKey('P-256'), newKey('P-384'), newKey('P-521')],
}
const names = Object.keys(signingAlgorithms) as SigningAlgorithm[]

/** The request with some bytes of its DER turned round. */
async function tampered(pem: string, at: (der: Buffer) => number): Promise<string> {
  const parsed = parseCsr(pem)
  if (!parsed.ok) throw new Error(parsed.problem)
  const der = Buffer.from(parsed.value.der)
  const index = at(der)
  der[index] = (der[index] ?? 0) ^ 1
  return csrPem(der)
}

describe('a signing request', () => {
  test.each(names)('signed with %s by its own key is accepted', async name => {
    for (const key of keys[signingAlgorithms[name].family]) {
      expect(checkCsr(await requestFor(key, name), replaced)).toEqual({
        ok: true,
        subjectDigest: replaced.subjectDigest,
        keyDigest: keyDigest(spki(key)),
      })
    }
  })

  test.each(names)('A4: signed with %s and changed afterwards is refused', async name => {
    const [key = rsa2048] = keys[signingAlgorithms[name].family]
    const changed = await tampered(await requestFor(key, name), der => der.length - 1)
    expect(checkCsr(changed, replaced)).toEqual({
      ok: false,
      code: 'CSR_INVALID',
      problem: 'the signature is not of the key in the request',
    })
  })

  test('A4: whose signature is another key’s is refused', async () => {
    const { privateKey } = newKey()
    const mixed = await requestFor({ privateKey, publicKey: newKey().publicKey })
    expect(checkCsr(mixed, replaced)).toMatchObject({ code: 'CSR_INVALID' })
  })

  test('A4: that is no request, or of no key, is refused', async () => {
    expect(checkCsr('', replaced)).toMatchObject({ code: 'CSR_INVALID' })
    expect(
      checkCsr('-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n', replaced),
    ).toMatchObject({
      code: 'CSR_INVALID',
    })
    const der = await makeCsr({
      subject: deviceSubject,
      publicKey: commonName('no key'),
      signingAlgorithm: 'ECDSA-WITH-SHA256',
      sign: () => Buffer.alloc(8),
    })
    expect(checkCsr(csrPem(der), replaced)).toMatchObject({
      code: 'CSR_INVALID',
      problem: expect.stringContaining('key'),
    })
  })

  test('A4: of a weak, unusual or unknown key is refused', async () => {
    const weak: [KeyPair, string][] = [
      [rsa(1024), 'rsa 1024'],
      [rsa(2048, 3), 'rsa 2048'],
    ]
    for (const [key, name] of weak) {
      expect(checkCsr(await requestFor(key, 'SHA256WITHRSA'), replaced)).toMatchObject({
        code: 'CSR_ALGORITHM_NOT_ALLOWED',
        problem: `the key (${name}) is not in the table or does not go with SHA256WITHRSA`,
      })
    }
    const pssOnly: KeyPair = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
    expect(checkCsr(await requestFor(pssOnly, 'SHA256WITHRSAANDMGF1'), replaced)).toMatchObject({
      code: 'CSR_ALGORITHM_NOT_ALLOWED',
      problem: expect.stringContaining('the key (rsa-pss 2048) is not'),
    })
    expect(checkCsr(await requestFor(newKey('secp256k1')), replaced)).toMatchObject({
      code: 'CSR_ALGORITHM_NOT_ALLOWED',
      problem: expect.stringContaining('secp256k1'),
    })
    const edwards: KeyPair = generateKeyPairSync('ed25519')
    const der = await makeCsr({
      subject: deviceSubject,
      publicKey: spki(edwards),
      signingAlgorithm: 'ECDSA-WITH-SHA256',
      sign: () => Buffer.alloc(64),
    })
    expect(checkCsr(csrPem(der), replaced)).toMatchObject({
      code: 'CSR_ALGORITHM_NOT_ALLOWED',
      problem: expect.stringContaining('the key (ed25519) is not'),
    })
  })

  test('A4: of one family with a signature algorithm of the other is refused', async () => {
    const der = await makeCsr({
      subject: deviceSubject,
      publicKey: spki(rsa2048),
      signingAlgorithm: 'ECDSA-WITH-SHA256',
      sign: () => Buffer.alloc(64),
    })
    expect(checkCsr(csrPem(der), replaced)).toMatchObject({ code: 'CSR_ALGORITHM_NOT_ALLOWED' })
  })

  test('A4: with a signature algorithm that is not in the table is refused', async () => {
    const changed = await tampered(
      await requestFor(newKey()),
      der => der.lastIndexOf(Buffer.from('2a8648ce3d0403', 'hex')) + 6,
    )
    expect(checkCsr(changed, replaced)).toMatchObject({ code: 'CSR_ALGORITHM_NOT_ALLOWED' })
  })

  test('A4: for another subject, or for the key that is to be replaced, is refused', async () => {
    expect(
      checkCsr(await requestFor(newKey(), 'ECDSA-WITH-SHA256', commonName('else')), replaced),
    ).toMatchObject({
      code: 'CSR_SUBJECT_DIFFERS',
      problem: 'the subject is not that of the present certificate',
    })
    expect(checkCsr(await requestFor(replacedKey), replaced)).toMatchObject({
      code: 'CSR_KEY_NOT_NEW',
      problem: 'the key is that of the present certificate',
    })
  })

  test('A4: for the name of a server besides is refused, though all else is right', () => {
    expect(checkCsr(requestForServer(newKey(), 'console.example.com'), replaced)).toEqual({
      ok: false,
      code: 'CSR_INVALID',
      problem: 'the request has attributes; it must ask for no extensions, such as further names',
    })
  })

  test('A4: whose subject is none is refused', async () => {
    const wrong = element(tags.utf8String, Buffer.from('dev1'))
    expect(checkCsr(await requestFor(newKey(), 'ECDSA-WITH-SHA256', wrong), replaced)).toMatchObject({
      code: 'CSR_INVALID',
      problem: expect.stringContaining('subject'),
    })
  })

  test('with the same subject in another string type is accepted', async () => {
    const printable = Buffer.from(deviceSubject)
    printable[printable.lastIndexOf(tags.utf8String)] = 0x13
    expect(printable).not.toEqual(deviceSubject)
    const csr = await requestFor(newKey(), 'ECDSA-WITH-SHA256', printable)
    expect(checkCsr(csr, replaced)).toMatchObject({ ok: true, subjectDigest: replaced.subjectDigest })
  })

  test('A4: with the same words under another attribute, or in bytes of no string, is another subject', () => {
    const organization = Buffer.from(deviceSubject)
    const attribute = Buffer.from('550403', 'hex')
    organization[organization.indexOf(attribute) + 2] = 10
    const octets = Buffer.from(deviceSubject)
    octets[octets.lastIndexOf(tags.utf8String)] = 0x04
    const digests = [deviceSubject, organization, octets].map(subjectDigest)
    expect(new Set(digests).size).toBe(3)
  })

  test('may replace a certificate whose key is of no kind that may be asked for', async () => {
    for (const key of [generateKeyPairSync('rsa-pss', { modulusLength: 2048 }), newKey('secp224r1')]) {
      const { pem } = issueCertificate(deviceSubject, spki(key))
      expect(checkCsr(await requestFor(newKey()), readPresentCertificate(pem))).toMatchObject({ ok: true })
    }
  })
})

test('the present certificate gives subject, key and end of validity', () => {
  const { pem } = issueCertificate(deviceSubject, spki(replacedKey), '2030-06-01T12:00:00Z')
  expect(certificateParts(firstCertificate(pem)?.der ?? Buffer.alloc(0)).subject).toEqual(deviceSubject)
  expect(readPresentCertificate(pem)).toEqual({ ...replaced, notAfterMs: Date.UTC(2030, 5, 1, 12) })
})
