import 'reflect-metadata'
import { generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto'
import { Pkcs10CertificateRequest } from '@peculiar/x509'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyAlgorithms, type SigningAlgorithm, signingAlgorithms } from '../algorithms.ts'
import { csrDigest, csrPem, makeCsr, parseCsr } from './csr.ts'
import { bitString, context, element, oid, sequence, smallInteger, tags } from './der.ts'
import { encodePem } from './pem.ts'
import { signatureAlgorithm } from './signature-algorithm.ts'

const subject = sequence(
  element(tags.set, sequence(oid('2.5.4.3'), element(tags.utf8String, Buffer.from('AWS IoT Certificate')))),
)
const keys = {
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  EC: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'der' })

function signer(name: SigningAlgorithm, key: KeyObject): (bytes: Buffer) => Buffer {
  const { scheme, hash } = signingAlgorithms[name]
  const options = { key, ...(scheme === 'pss' ? { padding: 6, saltLength: -1 } : {}) }
  return bytes => signBytes(hash, bytes, options)
}

async function request(name: SigningAlgorithm): Promise<string> {
  const { privateKey, publicKey } = keys[signingAlgorithms[name].family]
  const contents = { subject, publicKey: spki(publicKey), signingAlgorithm: name }
  return csrPem(await makeCsr({ ...contents, sign: signer(name, privateKey) }))
}

const names = Object.keys(signingAlgorithms) as SigningAlgorithm[]

describe('certificate signing requests', () => {
  test.each(names)(
    '%s: an independent library reads subject and key, and verifies the signature',
    async name => {
      const theirs = new Pkcs10CertificateRequest(await request(name))
      expect(theirs.subject).toBe('CN=AWS IoT Certificate')
      expect(theirs.attributes).toEqual([])
      expect(Buffer.from(theirs.publicKey.rawData)).toEqual(
        spki(keys[signingAlgorithms[name].family].publicKey),
      )
      await expect(theirs.verify()).resolves.toBe(true)
    },
  )

  test.each(names)('%s: what was made is read back', async name => {
    const read = parseCsr(await request(name))
    expect(read).toMatchObject({ ok: true, value: { subject, signingAlgorithm: name } })
  })

  test('every curve and size of the table fits into the request', async () => {
    for (const algorithm of Object.values(keyAlgorithms)) {
      const { publicKey } =
        algorithm.family === 'RSA'
          ? generateKeyPairSync('rsa', { modulusLength: algorithm.modulusLength })
          : generateKeyPairSync('ec', { namedCurve: algorithm.curve })
      const signingAlgorithm = algorithm.family === 'RSA' ? 'SHA256WITHRSA' : 'ECDSA-WITH-SHA256'
      const pem = csrPem(
        await makeCsr({
          subject,
          publicKey: spki(publicKey),
          signingAlgorithm,
          sign: () => Buffer.alloc(70),
        }),
      )
      expect(parseCsr(pem)).toMatchObject({ ok: true, value: { publicKey: spki(publicKey) } })
    }
  })

  test('the digest is of the bytes, whatever stands around them', async () => {
    const pem = await request('ECDSA-WITH-SHA256')
    expect(csrDigest(`text before\r\n${pem.replaceAll('\n', '\r\n')}`)).toBe(csrDigest(pem))
    expect(csrDigest(await request('ECDSA-WITH-SHA256'))).not.toBe(csrDigest(pem))
  })

  test('A4: garbage has a digest and cannot be read', () => {
    expect(csrDigest('garbage')).toMatch(/^[0-9a-f]{64}$/u)
    expect(parseCsr('garbage')).toMatchObject({ ok: false, reason: 'unreadable' })
  })

  const info = sequence(smallInteger(0), subject, spki(keys.EC.publicKey))
  const algorithm = signatureAlgorithm('ECDSA-WITH-SHA256')
  const signature = bitString(Buffer.alloc(70))
  const withBehind = (...more: Buffer[]): Buffer =>
    sequence(sequence(smallInteger(0), subject, spki(keys.EC.publicKey), ...more), algorithm, signature)
  test.each([
    ['two parts', sequence(info, algorithm), 'three parts'],
    ['one part', sequence(info), 'three parts'],
    ['no part', sequence(), 'three parts'],
    ['four parts', sequence(info, algorithm, signature, signature), 'three parts'],
    [
      'another version',
      sequence(sequence(smallInteger(1), subject, spki(keys.EC.publicKey)), algorithm, signature),
      'version',
    ],
    ['a second key', withBehind(spki(keys.RSA.publicKey)), 'something else than attributes'],
    ['something behind its attributes', withBehind(element(context(0)), smallInteger(0)), 'something else'],
    ['no version', sequence(sequence(), algorithm, signature), 'version'],
    ['no subject', sequence(sequence(smallInteger(0)), algorithm, signature), 'version'],
    ['no key', sequence(sequence(smallInteger(0), subject), algorithm, signature), 'version'],
    ['a signature of another type', sequence(info, algorithm, smallInteger(0)), 'bit string'],
    [
      'a signature of odd bits',
      sequence(info, algorithm, element(tags.bitString, Buffer.from([1, 2]))),
      'bit string',
    ],
    ['not a sequence', smallInteger(1), 'expected one element'],
  ])('A4: a request with %s is unreadable', (_, der, problem) => {
    expect(parseCsr(csrPem(der))).toEqual({
      ok: false,
      reason: 'unreadable',
      problem: expect.stringContaining(problem),
    })
  })

  test('A4: attributes are told, and none and an empty set of them are the same', () => {
    const attributes = (...inside: Buffer[]) => element(context(0), ...inside)
    const told = [withBehind(), withBehind(attributes()), withBehind(attributes(sequence()))].map(der => {
      const read = parseCsr(csrPem(der))
      return read.ok && read.value.hasAttributes
    })
    expect(told).toEqual([false, false, true])
    expect(parseCsr(csrPem(withBehind()))).toMatchObject({ ok: true })
  })

  test('A4: SHA-1, and PSS with another salt length, are not in the table', () => {
    const sha1 = sequence(oid('1.2.840.113549.1.1.5'))
    const otherSalt = Buffer.from(signatureAlgorithm('SHA256WITHRSAANDMGF1'))
    otherSalt[otherSalt.length - 1] = 20
    for (const other of [sha1, otherSalt]) {
      expect(parseCsr(csrPem(sequence(info, other, signature)))).toMatchObject({
        ok: false,
        reason: 'algorithm',
      })
    }
  })

  test('A4: bytes of any kind are read or refused, never thrown on', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        parseCsr(csrPem(bytes))
        parseCsr(encodePem('CERTIFICATE REQUEST', sequence(bytes, bytes, bytes)))
      }),
    )
  })

  test('A4: one flipped byte of a request is read or refused, never thrown on', async () => {
    const der = Buffer.from(
      (await request('SHA256WITHRSAANDMGF1')).split('\n').slice(1, -2).join(''),
      'base64',
    )
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const broken = Buffer.from(der)
        broken[at] = (broken[at] ?? 0) ^ flip
        parseCsr(csrPem(broken))
      }),
    )
  })
})
