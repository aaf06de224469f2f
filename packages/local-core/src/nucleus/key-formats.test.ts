import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CrtLibrary, loadCrt } from '../mqtt/crt-library.ts'
import { createTestAuthority, type TestAuthority } from '../testing/test-certificates.ts'
import { keyFormatOf } from './key-format-of.ts'
import { type KeyFormatId, keyFormats, refusalOf } from './key-formats.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const explicit = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).privateKey
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey
const edwards = generateKeyPairSync('ed25519').privateKey
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1' = 'pkcs8'): string =>
  key.export({ type, format: 'pem' }).toString()
const passphrase = { cipher: 'aes-256-cbc', passphrase: 'sesame' }
const encrypted = (type: 'pkcs1' | 'pkcs8'): string =>
  rsa.export({ type, format: 'pem', ...passphrase }).toString()
const ecParameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
const x25519 = generateKeyPairSync('x25519').privateKey

const samples: readonly (readonly [string, KeyFormatId, string, KeyObject])[] = [
  ['PKCS#1', 'rsa-pkcs1', pem(rsa, 'pkcs1'), rsa],
  ['PKCS#1 with carriage returns', 'rsa-pkcs1', pem(rsa, 'pkcs1').replaceAll('\n', '\r\n'), rsa],
  ['PKCS#8 of RSA', 'rsa-pkcs8', pem(rsa), rsa],
  ['PKCS#8 of RSA among blank lines', 'rsa-pkcs8', `\n\n${pem(rsa)}\n\n`, rsa],
  ['SEC1', 'ec-sec1', pem(ec, 'sec1'), ec],
  ['SEC1 under the label of PKCS#8', 'ec-sec1', pem(ec, 'sec1').replaceAll('EC PRIVATE', 'PRIVATE'), ec],
  ['PKCS#8 of EC', 'ec-pkcs8', pem(ec), ec],
  ['PKCS#8 of EC under the label of SEC1', 'ec-pkcs8', pem(ec).replaceAll('PRIVATE', 'EC PRIVATE'), ec],
  ['PKCS#8 of EC, its curve written out', 'ec-explicit', pem(explicit), explicit],
  ['RSA for PSS alone', 'rsa-pss', pem(pss), pss],
  ['Ed25519', 'ed25519', pem(edwards), edwards],
  ['PKCS#8 with a passphrase', 'encrypted', encrypted('pkcs8'), rsa],
  ['PKCS#1 with a passphrase', 'encrypted', encrypted('pkcs1'), rsa],
  ['text before the key', 'key-and-more', `Bag Attributes\n    friendlyName: device\n${pem(rsa)}`, rsa],
  ['text after the key', 'key-and-more', `${pem(rsa)}trailing\n`, rsa],
  ['the parameters of a curve before the key', 'key-and-more', `${ecParameters}${pem(ec, 'sec1')}`, ec],
  ['nothing', 'no-key', '', ec],
  ['no PEM', 'no-key', 'garbage', ec],
]

test.each(samples)('%s is of the form %s', (_what, id, text) => {
  expect(keyFormatOf(text)).toBe(id)
})

test.each([
  ['a key that signs nothing', pem(x25519)],
  ['a key whose inside is broken', '-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n'],
  ['a key with nothing in it', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n'],
])('%s is none for a nucleus', (_what, text) => {
  expect(keyFormatOf(text)).toBe('no-key')
})

test('every form of the table has a sample', () => {
  expect(new Set(samples.map(([, id]) => id))).toEqual(new Set(Object.keys(keyFormats)))
})

describe('the table and AWS’s own library on Linux', () => {
  let crt: CrtLibrary
  let authority: TestAuthority
  beforeAll(async () => {
    crt = await loadCrt()
    authority = await createTestAuthority()
  })

  test.each(samples)('agree on %s (%s)', async (_what, id, text, key) => {
    const certificatePem = await authority.certify('T', createPublicKey(key))
    const reading = () => {
      try {
        new crt.mqtt5.Mqtt5Client(
          crt.iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory(
            'localhost',
            certificatePem,
            text,
          ).build(),
        ).close()
        return 'reads'
      } catch (error) {
        return String(error)
      }
    }
    const { crtLinux } = keyFormats[id]
    expect(reading()).toContain(crtLinux === 'reads' ? 'reads' : crtLinux.refuses)
  })
})

describe('a nucleus', () => {
  const usable = (system: 'linux' | 'windows') =>
    (Object.keys(keyFormats) as KeyFormatId[]).filter(id => refusalOf(id, system) === undefined)

  test('on Linux uses RSA in both forms, and EC in PKCS#8', () => {
    expect(usable('linux')).toEqual(['rsa-pkcs1', 'rsa-pkcs8', 'ec-pkcs8'])
  })

  test('on Windows uses RSA alone: no form of EC is read by both of its libraries', () => {
    expect(usable('windows')).toEqual(['rsa-pkcs1', 'rsa-pkcs8'])
  })

  test.each([
    ['ec-sec1', 'linux', 'Java: IOException : algid parse error, not a sequence'],
    ['ec-pkcs8', 'windows', 'MQTT: no acceptable private key found'],
    ['ed25519', 'linux', 'MQTT: AWS_IO_TLS_CTX_ERROR'],
    ['ec-explicit', 'windows', 'Java: IOException : Only named ECParameters supported'],
  ] as const)('refuses %s on %s in the words of the library', (id, system, words) => {
    expect(refusalOf(id, system)).toBe(words)
  })
})
