import 'reflect-metadata'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { Pkcs10CertificateRequest } from '@peculiar/x509'
import { algorithmPairs, type KeyAlgorithm, keyAlgorithms } from '@rotator/protocol/algorithms'
import { csrPem, makeCsr, parseCsr } from '@rotator/protocol/x509/csr'
import { element, tags } from '@rotator/protocol/x509/der'
import { beforeAll, describe, expect, test } from 'vitest'
import { diskWith, usualPaths } from '../testing/device-files.ts'
import type { SimulatedDisk } from '../testing/simulated-disk.ts'
import { encrypted, TestAuthority, type TestIdentity } from '../testing/test-authority.ts'
import { type CertificateCheck, checkCertificate } from './check-certificate.ts'
import { generateKey, type NewKey, signWith } from './generate-key.ts'
import { readCertificate } from './identity-facts.ts'
import { inspectIdentity } from './inspect-identity.ts'
import { makePending } from './make-pending.ts'
import { readPrivateKey } from './private-key.ts'

const authority = new TestAuthority()
let identity: TestIdentity
let other: TestIdentity
const keys = new Map<KeyAlgorithm, NewKey>()
const names = Object.keys(keyAlgorithms) as KeyAlgorithm[]

beforeAll(async () => {
  identity = await authority.identity()
  other = await authority.identity()
  for (const name of names) keys.set(name, await generateKey(name))
})

const owner = { mode: 0o600, uid: 0, gid: 0 }

describe('new keys', () => {
  test.each(names)('%s is of its size, in the form that both TLS stacks of Greengrass read', name => {
    const made = keys.get(name)
    const algorithm = keyAlgorithms[name]
    const details = createPublicKey(createPrivateKey(made?.pem ?? '')).asymmetricKeyDetails
    const curves: Record<string, string> = {
      'P-256': 'prime256v1',
      'P-384': 'secp384r1',
      'P-521': 'secp521r1',
    }
    expect(made?.pem.split('\n')[0]).toBe(
      algorithm.family === 'RSA' ? '-----BEGIN RSA PRIVATE KEY-----' : '-----BEGIN PRIVATE KEY-----',
    )
    expect(details).toMatchObject(
      algorithm.family === 'RSA'
        ? { modulusLength: algorithm.modulusLength, publicExponent: 65_537n }
        : { namedCurve: curves[algorithm.curve] ?? '' },
    )
  })

  test.each(algorithmPairs)(
    'a request of $keyAlgorithm signed $signingAlgorithm is verified by another library',
    async ({ keyAlgorithm, signingAlgorithm }) => {
      const made = keys.get(keyAlgorithm)
      if (made === undefined) throw new Error(keyAlgorithm)
      const { privateKey, publicKey } = made
      const subject = readCertificate(identity.certificatePem)?.subject ?? Buffer.alloc(0)
      const der = await makeCsr({
        subject,
        publicKey,
        signingAlgorithm,
        sign: bytes => signWith(signingAlgorithm, privateKey, bytes),
      })
      await expect(new Pkcs10CertificateRequest(csrPem(der)).verify()).resolves.toBe(true)
    },
  )

  test('A6: a pending key is readable by its owner only, and its request has the subject in use', async () => {
    const disk = diskWith(identity)
    disk.makeFolder('/pending', { mode: 0o700, uid: 3, gid: 4 })
    const made = await makePending(disk, {
      algorithms: { keyAlgorithm: 'ECDSA-P384', signingAlgorithm: 'ECDSA-WITH-SHA512' },
      currentCertificatePath: usualPaths.certificatePath,
      folder: '/pending',
      uid: 3,
      gid: 4,
    })
    expect(disk.look('/pending/private-key.pem')).toMatchObject({ mode: 0o600, uid: 3, gid: 4 })
    const csr = parseCsr(disk.read('/pending/request.pem').toString())
    expect(csr).toMatchObject({
      ok: true,
      value: {
        signingAlgorithm: 'ECDSA-WITH-SHA512',
        subject: readCertificate(identity.certificatePem)?.subject,
      },
    })
    expect(made).toEqual({ ok: true, csr: disk.read('/pending/request.pem').toString() })
    disk.powerUp('nothing')
    expect(disk.look('/pending')).toBeUndefined()
  })

  test('without a certificate in use there is no subject to ask for', async () => {
    const disk = diskWith({ ...identity, certificatePem: 'garbage' })
    const request = {
      algorithms: { keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 'ECDSA-WITH-SHA256' },
      currentCertificatePath: usualPaths.certificatePath,
      folder: '/pending',
      uid: 0,
      gid: 0,
    } as const
    await expect(makePending(disk, request)).resolves.toMatchObject({ ok: false })
  })
})

describe('the identity in use', () => {
  const inspect = (certificatePem: string, keyPem: string) =>
    inspectIdentity(diskWith({ ...identity, certificatePem, keyPem }), usualPaths)

  test('is usable with text and headers around the PEM, CRLF, and a chain whose first certificate counts', () => {
    const { certificatePem, keyPem, certificateId } = identity
    const decorated = [
      [certificatePem, keyPem],
      [
        `Certificate:\n    Data:\n${certificatePem}trailing\n`,
        `Bag Attributes\n    friendlyName: x\n${keyPem}`,
      ],
      [certificatePem.replaceAll('\n', '\r\n'), keyPem.replaceAll('\n', '\r\n')],
      [certificatePem + other.certificatePem, keyPem],
    ] as const
    for (const [certificate, key] of decorated) {
      expect(inspect(certificate, key)).toMatchObject({ ok: true, certificateId })
    }
  })

  test('an EC key in its older form, with its parameters before it, is usable', () => {
    const sec1 = createPrivateKey(identity.keyPem).export({ type: 'sec1', format: 'pem' }).toString()
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
    expect(inspect(identity.certificatePem, parameters + sec1)).toMatchObject({ ok: true })
  })

  test.each([
    ['a certificate that is none', () => ['garbage', identity.keyPem], /no certificate in PEM/u],
    [
      'a certificate whose inside is broken',
      () => ['-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n', identity.keyPem],
      /no certificate in PEM/u,
    ],
    ['a key that is none', () => [identity.certificatePem, 'garbage'], /holds no private key in PEM/u],
    [
      'a key whose inside is broken',
      () => [identity.certificatePem, '-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n'],
      /cannot be read/u,
    ],
    [
      'an encrypted key',
      () => [identity.certificatePem, encrypted(identity.keyPem)],
      /encrypted with a passphrase/u,
    ],
    [
      'a key encrypted the old way',
      () => [
        identity.certificatePem,
        '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAEC\n-----END RSA PRIVATE KEY-----\n',
      ],
      /encrypted with a passphrase/u,
    ],
    ['a key of another certificate', () => [identity.certificatePem, other.keyPem], /does not belong to/u],
  ] as const)('%s is refused with a sentence', (_name, files, problem) => {
    const [certificatePem = '', keyPem = ''] = files()
    const inspection = inspect(certificatePem, keyPem)
    expect(inspection).toEqual({ ok: false, problem: expect.stringMatching(problem) })
    expect(JSON.stringify(inspection)).not.toContain('PRIVATE KEY')
  })

  test('certificate and key in one file are refused', () => {
    const disk = diskWith({ ...identity, certificatePem: identity.certificatePem + identity.keyPem })
    disk.link('thingCert.crt', '/greengrass/v2/link.pem')
    for (const keyPath of [usualPaths.certificatePath, '/greengrass/v2/link.pem']) {
      expect(inspectIdentity(disk, { ...usualPaths, keyPath })).toEqual({
        ok: false,
        problem: expect.stringContaining('in one file'),
      })
    }
  })

  test.each([
    [
      'a certificate that is missing',
      { ...usualPaths, certificatePath: '/no/such.crt' },
      /certificate \/no\/such\.crt .*does not exist/u,
    ],
    [
      'a key that is missing',
      { ...usualPaths, keyPath: '/greengrass/v2/none' },
      /private key .*does not exist/u,
    ],
    ['a folder in place of the key', { ...usualPaths, keyPath: '/greengrass/v2' }, /it is a folder/u],
  ])('%s is refused with a sentence', (_name, paths, problem) => {
    expect(inspectIdentity(diskWith(identity), paths)).toEqual({
      ok: false,
      problem: expect.stringMatching(problem),
    })
  })

  test('an error without words of its own is named; a fault of ours is thrown', () => {
    const disk = diskWith(identity)
    disk.read = () => {
      throw Object.assign(new Error('odd'), { code: 'EODD' })
    }
    expect(inspectIdentity(disk, usualPaths)).toMatchObject({ problem: expect.stringContaining('EODD') })
    disk.read = () => {
      throw new TypeError('bug')
    }
    expect(() => inspectIdentity(disk, usualPaths)).toThrow(TypeError)
  })

  test('a text without a key is told from one with a key', () => {
    expect(readPrivateKey(identity.keyPem).ok).toBe(true)
    expect(readPrivateKey('').ok).toBe(false)
  })
})

describe('D9: a certificate from the cloud', () => {
  const dayMs = 24 * 60 * 60 * 1000
  const now = Date.now()
  let disk: SimulatedDisk
  let csr: string

  beforeAll(async () => {
    disk = diskWith(identity)
    disk.makeFolder('/pending', { mode: 0o700, uid: 0, gid: 0 })
    const made = await makePending(disk, {
      algorithms: { keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 'ECDSA-WITH-SHA256' },
      currentCertificatePath: usualPaths.certificatePath,
      folder: '/pending',
      uid: 0,
      gid: 0,
    })
    csr = made.ok ? made.csr : ''
  })

  const check = (certificatePem: string, at = now): CertificateCheck =>
    checkCertificate(disk, {
      certificatePem,
      keyPath: '/pending/private-key.pem',
      currentCertificatePath: usualPaths.certificatePath,
      now: at,
    })

  test('is usable, and of a chain the first certificate is taken', async () => {
    const pem = await authority.issue(csr)
    expect(check(`${pem}${other.certificatePem}`)).toEqual({
      kind: 'certificate-usable',
      certificateId: readCertificate(pem)?.certificateId,
      pem,
    })
  })

  test.each([
    ['no PEM', async () => 'garbage', /no certificate in PEM/u],
    ['for another key', async () => other.certificatePem, /for another key/u],
    ['of another subject', async () => authority.issue(csr, { subject: 'CN=somebody' }), /another subject/u],
    [
      'expired',
      async () => authority.issue(csr, { notAfter: now - 1000 }),
      /expired on .* the device's clock says/u,
    ],
    [
      'valid only later',
      async () => authority.issue(csr, { notBefore: now + 2 * dayMs }),
      /valid only from .* the device's clock says/u,
    ],
  ])('that is %s is refused', async (_name, issue, reason) => {
    expect(check(await issue())).toEqual({
      kind: 'certificate-unusable',
      reason: expect.stringMatching(reason),
    })
  })

  test('is usable with the subject in another string type, as an authority may write it', async () => {
    const words = element(tags.utf8String, Buffer.from('AWS IoT Certificate'))
    const pem = await authority.issue(csr, { subject: `CN=#${words.toString('hex')}` })
    expect(readCertificate(pem)?.subject).not.toEqual(readCertificate(identity.certificatePem)?.subject)
    expect(check(pem)).toMatchObject({ kind: 'certificate-usable', pem })
  })

  test('D8: is not judged by a clock that says a time before the certificate in use', async () => {
    expect(check(await authority.issue(csr), now - 3650 * dayMs)).toEqual({ kind: 'certificate-undecided' })
  })

  test('D8: is not found expired by a clock by which the certificate in use is expired too', async () => {
    const issued = await authority.issue(csr)
    expect(check(issued, now + 3650 * dayMs)).toEqual({ kind: 'certificate-undecided' })
    const lasting = await authority.issue(csr, { notAfter: now + 7300 * dayMs })
    expect(check(lasting, now + 3650 * dayMs)).toMatchObject({ kind: 'certificate-usable' })
  })

  test('of the next hours is let pass, as clocks differ', async () => {
    expect(check(await authority.issue(csr, { notBefore: now + dayMs / 2 }))).toMatchObject({
      kind: 'certificate-usable',
    })
  })

  test('D18: for a key that is no key any more', async () => {
    disk.create('/pending/broken.pem', Buffer.from(''), owner)
    const request = {
      certificatePem: await authority.issue(csr),
      keyPath: '/pending/broken.pem',
      currentCertificatePath: usualPaths.certificatePath,
      now,
    }
    expect(checkCertificate(disk, request)).toEqual({ kind: 'pending-lost' })
  })

  test('is judged by its dates alone where the certificate in use is broken', async () => {
    disk.create('/broken.crt', Buffer.from(''), owner)
    const request = { keyPath: '/pending/private-key.pem', currentCertificatePath: '/broken.crt', now }
    const certificatePem = await authority.issue(csr, { subject: 'CN=somebody' })
    expect(checkCertificate(disk, { ...request, certificatePem })).toMatchObject({
      kind: 'certificate-usable',
    })
  })
})
