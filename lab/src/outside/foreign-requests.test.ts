import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkCsr, keyDigest } from '@rotator/backend/create-certificate/csr-check'
import { certificateParts, firstCertificate } from '@rotator/protocol/x509/certificate'
import { csrPem, parseCsr } from '@rotator/protocol/x509/csr'
import { readInside, sequence, tags } from '@rotator/protocol/x509/der'
import { signatureAlgorithm } from '@rotator/protocol/x509/signature-algorithm'
import { subjectDigest } from '@rotator/protocol/x509/subject'
import { test as plainTest } from 'vitest'
import { openssl } from './openssl-command.ts'

const subject = '/CN=AWS IoT Certificate'

/** What openssl makes, and the certificate that is to be replaced. */
const test = plainTest.extend('foreign', { scope: 'file' }, async ({}, { onCleanup }) => {
  const folder = mkdtempSync(join(tmpdir(), 'foreign-requests-'))
  onCleanup(() => rmSync(folder, { recursive: true }))
  const at = (name: string): string => join(folder, name)
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  await openssl('req', '-x509', '-noenc', ...curve, '-keyout', at('k'), '-out', at('c'), '-subj', subject)
  const present = certificateParts(firstCertificate(readFileSync(at('c'), 'utf8'))?.der ?? Buffer.alloc(0))
  const replaced = {
    subjectDigest: subjectDigest(present.subject),
    keyDigest: keyDigest(present.publicKey),
  }
  return {
    at,
    check: (pem: string) => checkCsr(pem, replaced),
    /** A request for a key in a file, which openssl itself finds right. */
    request: async (key: string, ...options: string[]): Promise<string> => {
      await openssl('req', '-new', '-key', key, '-subj', subject, '-out', at('csr'), ...options)
      const { stderr } = await openssl('req', '-in', at('csr'), '-verify', '-noout')
      if (!stderr.includes('verify OK')) throw new Error(`openssl does not verify its own request: ${stderr}`)
      return readFileSync(at('csr'), 'utf8')
    },
    presentKey: at('k'),
    isPresentKey: (spki: Buffer) => keyDigest(spki) === replaced.keyDigest,
  }
})

const pss = (...options: string[]): string[] =>
  ['rsa_padding_mode:pss', ...options].flatMap(option => ['-sigopt', option])

test('openssl: a request by PSS is taken with the salt and the mask of its hash, and with no other', async ({
  foreign,
  expect,
}) => {
  const key = foreign.at('rsa.key')
  await openssl('genrsa', '-out', key, '2048')
  for (const hash of ['sha256', 'sha384', 'sha512']) {
    const alike = await foreign.request(key, `-${hash}`, ...pss('rsa_pss_saltlen:digest'))
    expect(foreign.check(alike)).toMatchObject({ ok: true })
    for (const other of ['rsa_pss_saltlen:20', 'rsa_pss_saltlen:max', 'rsa_mgf1_md:sha224']) {
      const salt = other.startsWith('rsa_pss') ? [] : ['rsa_pss_saltlen:digest']
      const request = await foreign.request(key, `-${hash}`, ...pss(other, ...salt))
      expect(foreign.check(request), `${hash} with ${other}`).toMatchObject({
        code: 'CSR_ALGORITHM_NOT_ALLOWED',
      })
    }
  }
})

test('A4: openssl: a request that tells of another mask than it was signed with is no proof of its key', async ({
  foreign,
  expect,
}) => {
  const key = foreign.at('liar.key')
  await openssl('genrsa', '-out', key, '2048')
  const options = pss('rsa_pss_saltlen:digest', 'rsa_mgf1_md:sha512')
  writeFileSync(foreign.at('liar'), await foreign.request(key, '-sha256', ...options))
  const { stdoutBytes } = await openssl('req', '-in', foreign.at('liar'), '-outform', 'DER')
  const told = retold(stdoutBytes, signatureAlgorithm('SHA256WITHRSAANDMGF1'))
  expect(parseCsr(told)).toMatchObject({ ok: true })
  expect(foreign.check(told)).toMatchObject({ code: 'CSR_INVALID' })
})

/** The request with another AlgorithmIdentifier: the bytes that were signed and the signature stay. */
function retold(der: Buffer, algorithm: Buffer): string {
  const [info, , signature] = readInside(der, tags.sequence)
  if (info === undefined || signature === undefined) throw new Error('openssl made no request')
  return csrPem(sequence(info.whole, algorithm, signature.whole))
}

test.for([
  ['a compressed point', '-conv_form', 'compressed'],
  ['a hybrid point', '-conv_form', 'hybrid'],
  ['a curve by its numbers', '-param_enc', 'explicit'],
] as const)(
  'A4: openssl: a request for the present key with %s is refused, though it looks like another key',
  async ([, ...options], { foreign, expect }) => {
    const key = foreign.at('unusual.key')
    await openssl('ec', '-in', foreign.presentKey, ...options, '-out', key)
    const request = await foreign.request(key)
    expect(foreign.check(request)).toMatchObject({
      code: 'CSR_INVALID',
      problem: expect.stringContaining('not in its plain form'),
    })
    expect(foreign.check(await foreign.request(foreign.presentKey))).toMatchObject({
      code: 'CSR_KEY_NOT_NEW',
    })
    const parsed = parseCsr(request)
    expect(parsed.ok && foreign.isPresentKey(parsed.value.publicKey)).toBe(true)
  },
)
