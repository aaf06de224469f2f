import { createHash, createSign, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signedRequest, signingAlgorithms } from '../testing/signing-requests.ts'
import { bitString, der, derNull, integer, oid, sequence } from './der-writer.ts'
import { distinguishedName, pemOf } from './issue.ts'
import { readSigningRequest } from './signing-request.ts'

const name = distinguishedName([['CN', 'device']])

/** A request made by hand, so that any part of it can be wrong. */
function handMade(options: {
  publicKeyInfo: Buffer
  algorithm: Buffer
  signer: (tbs: Buffer) => Buffer
  version?: number
}): string {
  const version = integer(Buffer.from([options.version ?? 0]))
  const info = sequence(version, name, options.publicKeyInfo, der(0xa0))
  return pemOf('CERTIFICATE REQUEST', sequence(info, options.algorithm, bitString(options.signer(info))))
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const spki = (key: typeof ec.publicKey) => key.export({ format: 'der', type: 'spki' })
const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'))
const byEc = (tbs: Buffer) => sign('sha256', tbs, ec.privateKey)

describe('a signing request is accepted', () => {
  test.each(Object.entries(signingAlgorithms))(
    'signed as %s, with the key of the CSR itself',
    async (_name, algorithm) => {
      const { csrPem, publicKeyInfo } = await signedRequest(algorithm)
      expect(readSigningRequest(csrPem).publicKeyInfo).toEqual(publicKeyInfo)
    },
  )

  test('with CRLF line ends and surrounding white space', async () => {
    const { csrPem } = await signedRequest(signingAlgorithms['P-256 with SHA-256'])
    expect(readSigningRequest(`\r\n${csrPem.replaceAll('\n', '\r\n')}`).subject[0]).toBe(0x30)
  })

  test('made by hand, to show that the refusals below are for their one fault', () => {
    const csr = handMade({ publicKeyInfo: spki(ec.publicKey), algorithm: ecdsaSha256, signer: byEc })
    expect(readSigningRequest(csr).subject).toEqual(name)
  })
})

describe('a signing request is refused', () => {
  const refusal = (csr: string) => {
    try {
      readSigningRequest(csr)
    } catch (error) {
      return error
    }
    throw new Error('it was accepted')
  }
  const refused = (message: RegExp) =>
    expect.objectContaining({ code: 'InvalidRequestException', message: expect.stringMatching(message) })

  test('with a signature by another key', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const signer = (tbs: Buffer) => sign('sha256', tbs, other.privateKey)
    const csr = handMade({ publicKeyInfo: spki(ec.publicKey), algorithm: ecdsaSha256, signer })
    expect(refusal(csr)).toEqual(refused(/signature .* does not match/))
  })

  test('with an RSA algorithm over an EC key', () => {
    const algorithm = sequence(oid('1.2.840.113549.1.1.11'), derNull)
    const csr = handMade({ publicKeyInfo: spki(ec.publicKey), algorithm, signer: byEc })
    expect(refusal(csr)).toEqual(refused(/does not match/))
  })

  test('signed with SHA-1', () => {
    const algorithm = sequence(oid('1.2.840.113549.1.1.5'), derNull)
    const signer = (tbs: Buffer) => createSign('sha1').update(tbs).sign(rsa.privateKey)
    const csr = handMade({ publicKeyInfo: spki(rsa.publicKey), algorithm, signer })
    expect(refusal(csr)).toEqual(refused(/not supported/))
  })

  test('with PSS whose mask generation uses another hash', () => {
    const hash = (id: string) => sequence(oid(id), derNull)
    const parameters = sequence(
      der(0xa0, hash('2.16.840.1.101.3.4.2.1')),
      der(0xa1, sequence(oid('1.2.840.113549.1.1.8'), hash('2.16.840.1.101.3.4.2.3'))),
      der(0xa2, integer(Buffer.from([32]))),
    )
    const algorithm = sequence(oid('1.2.840.113549.1.1.10'), parameters)
    const csr = handMade({ publicKeyInfo: spki(rsa.publicKey), algorithm, signer: byEc })
    expect(refusal(csr)).toEqual(refused(/not supported/))
  })

  test('with PSS and SHA-1 by default', () => {
    const algorithm = sequence(oid('1.2.840.113549.1.1.10'), sequence())
    const csr = handMade({ publicKeyInfo: spki(rsa.publicKey), algorithm, signer: byEc })
    expect(refusal(csr)).toEqual(refused(/not valid/))
  })

  test('with an RSA key of 1024 bits', async () => {
    const { csrPem } = await signedRequest(signingAlgorithms['RSA-2048 with SHA-256'], 'CN=weak', 1024)
    expect(refusal(csrPem)).toEqual(refused(/at least 2048 bits/))
  })

  test('with a key on another curve', () => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    const signer = (tbs: Buffer) => sign('sha256', tbs, keys.privateKey)
    const csr = handMade({ publicKeyInfo: spki(keys.publicKey), algorithm: ecdsaSha256, signer })
    expect(refusal(csr)).toEqual(refused(/P-256, P-384 or P-521/))
  })

  test('with an Ed25519 key', () => {
    const keys = generateKeyPairSync('ed25519')
    const signer = (tbs: Buffer) => sign(null, tbs, keys.privateKey)
    const algorithm = sequence(oid('1.3.101.112'))
    const csr = handMade({ publicKeyInfo: spki(keys.publicKey), algorithm, signer })
    expect(refusal(csr)).toEqual(refused(/EC key on/))
  })

  test('with a public key that is none', () => {
    const csr = handMade({ publicKeyInfo: sequence(oid('1.2.3')), algorithm: ecdsaSha256, signer: byEc })
    expect(refusal(csr)).toEqual(refused(/public key of the CSR cannot be read/))
  })

  test('with a version other than 1', () => {
    const csr = handMade({
      publicKeyInfo: spki(ec.publicKey),
      algorithm: ecdsaSha256,
      signer: byEc,
      version: 1,
    })
    expect(refusal(csr)).toEqual(refused(/version is not 1/))
  })

  test('of more than 4096 characters, also where the rest would be white space', async () => {
    const { csrPem } = await signedRequest(signingAlgorithms['P-256 with SHA-256'])
    expect(refusal(csrPem.padEnd(4097, '\n'))).toEqual(refused(/at most 4096 characters, it has 4097/))
    expect(readSigningRequest(csrPem.padEnd(4096, '\n'))).toBeDefined()
  })

  test('with bytes behind its end', async () => {
    const { csrPem } = await signedRequest(signingAlgorithms['P-256 with SHA-256'])
    const base64 = csrPem.split('\n').slice(1, -2).join('')
    const longer = Buffer.concat([Buffer.from(base64, 'base64'), Buffer.from([5, 0])])
    expect(refusal(pemOf('CERTIFICATE REQUEST', longer))).toEqual(refused(/exactly one element/))
  })

  test.each([
    ['empty', ''],
    ['a word', 'hello'],
    ['another PEM', pemOf('CERTIFICATE', Buffer.from([0x30, 0]))],
    ['PEM of nothing', '-----BEGIN CERTIFICATE REQUEST-----\n\n-----END CERTIFICATE REQUEST-----\n'],
    ['PEM of broken base64', '-----BEGIN CERTIFICATE REQUEST-----\nabc\n-----END CERTIFICATE REQUEST-----\n'],
    ['PEM of noise', pemOf('CERTIFICATE REQUEST', createHash('sha512').update('noise').digest())],
    ['PEM of an empty sequence', pemOf('CERTIFICATE REQUEST', Buffer.from([0x30, 0]))],
  ])('that is %s', (_what, csr) => {
    expect(refusal(csr)).toEqual(refused(/./))
  })
})
