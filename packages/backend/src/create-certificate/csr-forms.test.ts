import { constants, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { SigningAlgorithm } from '@rotator/protocol/algorithms'
import { csrPem, makeCsr, parseCsr } from '@rotator/protocol/x509/csr'
import {
  bitString,
  context,
  element,
  nullElement,
  oid,
  readInside,
  sequence,
  smallInteger,
  tags,
} from '@rotator/protocol/x509/der'
import { signatureAlgorithm } from '@rotator/protocol/x509/signature-algorithm'
import { subjectDigest } from '@rotator/protocol/x509/subject'
import { describe, expect, test } from 'vitest'
import { deviceSubject, type KeyPair, newKey, requestFor, spki } from '../testing/fake-requests.ts'
import { checkCsr, keyDigest } from './csr-check.ts'

const replaced = { subjectDigest: subjectDigest(deviceSubject), keyDigest: keyDigest(spki(newKey())) }
const rsaKey: KeyPair = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** The same request with another AlgorithmIdentifier beside its signature, which covers neither. */
function withAlgorithm(pem: string, algorithm: Buffer, signature?: Buffer): string {
  const parsed = parseCsr(pem)
  if (!parsed.ok) throw new Error(parsed.problem)
  const { info, signature: own } = parsed.value
  return csrPem(sequence(info, algorithm, bitString(signature ?? own)))
}

const sha256 = (...parameters: Buffer[]) => sequence(oid('2.16.840.1.101.3.4.2.1'), ...parameters)
const sha512 = sequence(oid('2.16.840.1.101.3.4.2.3'), nullElement)
const pss = (...parameters: Buffer[]) => sequence(oid('1.2.840.113549.1.1.10'), sequence(...parameters))
const hash = (algorithm: Buffer) => element(context(0), algorithm)
const maskBy = (algorithm: Buffer) => element(context(1), sequence(oid('1.2.840.113549.1.1.8'), algorithm))
const salt = (length: number) => element(context(2), smallInteger(length))
const trailer = element(context(3), smallInteger(1))
const withNull = sha256(nullElement)

/** What a request is signed with by PSS and SHA-256 where the salt has this length, in bytes. */
function pssSignature(pem: string, saltLength: number): Buffer {
  const parsed = parseCsr(pem)
  if (!parsed.ok) throw new Error(parsed.problem)
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return sign('sha256', parsed.value.info, { key: rsaKey.privateKey, padding, saltLength })
}

describe('a signature by PSS', () => {
  test.each([
    ['a salt of 20 bytes', pss(hash(withNull), maskBy(withNull), salt(20)), 20],
    ['a salt of 94 bytes', pss(hash(withNull), maskBy(withNull), salt(94)), 94],
    ['masks by another hash', pss(hash(withNull), maskBy(sha512), salt(32)), 32],
    ['masks by SHA-1, which is what is meant where none is named', pss(hash(withNull), salt(32)), 32],
    ['the salt that is meant where none is named', pss(hash(withNull), maskBy(withNull)), 20],
    ['no parameters, which means SHA-1', sequence(oid('1.2.840.113549.1.1.10')), 20],
    ['its default trailer written out', pss(hash(withNull), maskBy(withNull), salt(32), trailer), 32],
  ])('A4: PSS with %s is refused before it is verified', async (_, algorithm, saltLength) => {
    const request = await requestFor(rsaKey, 'SHA256WITHRSAANDMGF1')
    const other = withAlgorithm(request, algorithm, pssSignature(request, saltLength))
    expect(checkCsr(other, replaced)).toEqual({
      ok: false,
      code: 'CSR_ALGORITHM_NOT_ALLOWED',
      problem: 'the signature algorithm is not in the table',
    })
  })

  test.each([0, 20, 33, 222])(
    'A4: PSS that names a salt of 32 bytes and has one of %i is no signature of the key',
    async saltLength => {
      const request = await requestFor(rsaKey, 'SHA256WITHRSAANDMGF1')
      const other = withAlgorithm(
        request,
        signatureAlgorithm('SHA256WITHRSAANDMGF1'),
        pssSignature(request, saltLength),
      )
      expect(checkCsr(other, replaced)).toMatchObject({
        code: 'CSR_INVALID',
        problem: 'the signature is not of the key in the request',
      })
    },
  )

  test('whose hashes are named without a NULL is read like one whose are named with it', async () => {
    const request = await requestFor(rsaKey, 'SHA256WITHRSAANDMGF1')
    const without = withAlgorithm(request, pss(hash(sha256()), maskBy(sha256()), salt(32)))
    expect(without).not.toBe(request)
    expect(checkCsr(without, replaced)).toEqual(checkCsr(request, replaced))
    expect(checkCsr(without, replaced)).toMatchObject({ ok: true })
  })
})

/**
 * Made by asn1crypto 1.5.1 in the way of version 1 with an HSM. Its AlgorithmIdentifier has no parameters where RFC 4055
 * wants a NULL. In what version 1 makes otherwise, with PSS, ECDSA or keys in files, it is written as here.
 */
const versionOneInHsm = [
  '-----BEGIN CERTIFICATE REQUEST-----',
  'MIICYTCCAUsCAQAwHjEcMBoGA1UEAwwTQVdTIElvVCBDZXJ0aWZpY2F0ZTCCASIw',
  'DQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAJtxkwrJP5M/Ymk4BMMgZd/w9FWu',
  '4pICM2CzTE442LubiXXtQg8iVo8VH1VuPEZ96XuPcl24+6n2PcJjAJCviGDOtJo8',
  'ROsG/b0zMIy+cdTK2DE73vDUmPcmb2msM3KBi6Sj0kAxL7cXfL6LjRm7yk6XmsE3',
  'hKVT1EBV4UDFL421Vbs+30MsZJTI2OSfYuyiSMJoLxFdFK6r1FCxWsiboUHEb4cU',
  'HB6cMvB9iLpQ8D74cw1uC6rz/pvdRKXCcvNwnsiLmV+nO/Yb/0gkUDSYoT7qDcj4',
  'Pt3hIT0HO1ehq6n+xpkhWHocSFs+UiKaNh7jhyJHBgWHX3LfEOMejsYsLGECAwEA',
  'AaAAMAsGCSqGSIb3DQEBCwOCAQEAlgwFcx1JYCh6ZwOibB4692AB8LArjFnxeyZc',
  '1U3J8Dz9sqst173EQPj5KVZsHXhIm0kv+nBlufHNRntm0rU5CEoXcbpF/fWDbKgn',
  'xoy6IQoO51JefzGG11Q8+4JtJtITGednX1W+ibvI7eXy3aEQyi81gLnzp2Q+UYsi',
  'DaZOijMYE06m4uyn58WjW9vZpg2MnU7/NokuR/DumggYz6aqZ9zQ/t2m6+azaEU8',
  'ir4vARS3OGBJH3cz2cbnfIw6VN8qXZWAKlYmqir0RLl6vTB4S9CrrrHJzfu8UZGj',
  'pxl9VmxDl4/X0hvqgAOa7c+HBBM8pePfTUwS4Hvvuxun7+zCsA==',
  '-----END CERTIFICATE REQUEST-----',
].join('\n')

describe('a signature by PKCS#1 v1.5', () => {
  test('of version 1 in an HSM, which names it without a NULL, is accepted', () => {
    expect(checkCsr(versionOneInHsm, replaced)).toMatchObject({
      ok: true,
      subjectDigest: replaced.subjectDigest,
    })
  })

  test.each([
    ['SHA256WITHRSA', '1.2.840.113549.1.1.11'],
    ['SHA384WITHRSA', '1.2.840.113549.1.1.12'],
    ['SHA512WITHRSA', '1.2.840.113549.1.1.13'],
  ] as const)('with %s may be named without a NULL', async (name, identifier) => {
    const without = withAlgorithm(await requestFor(rsaKey, name), sequence(oid(identifier)))
    expect(parseCsr(without)).toMatchObject({ value: { signingAlgorithm: name } })
    expect(checkCsr(without, replaced)).toMatchObject({ ok: true })
  })
})

test('A4: a signature by ECDSA that is named with a NULL is refused', async () => {
  const named = sequence(oid('1.2.840.10045.4.3.2'), nullElement)
  expect(checkCsr(withAlgorithm(await requestFor(newKey()), named), replaced)).toMatchObject({
    code: 'CSR_ALGORITHM_NOT_ALLOWED',
  })
})

/** Bytes of a coordinate. */
const curves = { 'P-256': 32, 'P-384': 48, 'P-521': 66 } as const
type Curve = keyof typeof curves

/** Other SubjectPublicKeyInfos of the same key, by what is unusual in them. */
function unusualForms(key: KeyPair, curve: Curve): [string, Buffer][] {
  const plain = spki(key)
  const length = curves[curve]
  const point = plain.subarray(-2 * length - 1)
  const isOdd = (point.at(-1) ?? 0) & 1
  const x = point.subarray(1, 1 + length)
  const both = point.subarray(1)
  const named = algorithmOf(plain)
  const of = (...bytes: Uint8Array[]) => sequence(named, bitString(Buffer.concat(bytes)))
  const explicit = generateKeyPairSync('ec', { namedCurve: curve, paramEncoding: 'explicit' }).publicKey
  const numbers = algorithmOf(explicit.export({ format: 'der', type: 'spki' }))
  return [
    ['compressed', of(Buffer.from([2 | isOdd]), x)],
    ['hybrid', of(Buffer.from([6 | isOdd]), both)],
    ['curve by its numbers', sequence(numbers, bitString(point))],
    [
      'hybrid, curve by its numbers',
      sequence(numbers, bitString(Buffer.concat([Buffer.from([6 | isOdd]), both]))),
    ],
  ]
}

/** The AlgorithmIdentifier of a SubjectPublicKeyInfo. */
const algorithmOf = (of: Buffer): Buffer => readInside(of, tags.sequence)[0]?.whole ?? Buffer.alloc(0)

describe.each(Object.keys(curves) as Curve[])('a key on %s', curve => {
  const key = newKey(curve)
  const forms = unusualForms(key, curve)
  const algorithm: SigningAlgorithm = 'ECDSA-WITH-SHA256'

  test.each(forms)(
    'A4: a key in an unusual form (%s) has the digest of the same key in its plain form',
    (_, form) => {
      expect(form).not.toEqual(spki(key))
      expect(createPublicKey({ key: form, format: 'der', type: 'spki' }).equals(key.publicKey)).toBe(true)
      expect(keyDigest(form)).toBe(keyDigest(spki(key)))
      expect(keyDigest(form)).not.toBe(keyDigest(spki(newKey(curve))))
    },
  )

  test.each(forms)('A4: a key in an unusual form (%s) is refused in a request', async (_, publicKey) => {
    const der = await makeCsr({
      subject: deviceSubject,
      publicKey,
      signingAlgorithm: algorithm,
      sign: bytes => sign('sha256', bytes, key.privateKey),
    })
    expect(checkCsr(csrPem(der), replaced)).toEqual({
      ok: false,
      code: 'CSR_INVALID',
      problem: 'the key is not in its plain form: a curve by its name, a point with both of its coordinates',
    })
    expect(checkCsr(await requestFor(key, algorithm), replaced)).toMatchObject({ ok: true })
  })
})

test('A4: an RSA key whose algorithm lacks its NULL is the same key, and is refused in a request', async () => {
  const [, bits] = readInside(spki(rsaKey), tags.sequence)
  const form = sequence(sequence(oid('1.2.840.113549.1.1.1')), bits?.whole ?? Buffer.alloc(0))
  expect(keyDigest(form)).toBe(keyDigest(spki(rsaKey)))
  const der = await makeCsr({
    subject: deviceSubject,
    publicKey: form,
    signingAlgorithm: 'SHA256WITHRSA',
    sign: bytes => sign('sha256', bytes, rsaKey.privateKey),
  })
  expect(checkCsr(csrPem(der), replaced)).toMatchObject({
    code: 'CSR_INVALID',
    problem: expect.stringContaining('plain form'),
  })
})
