import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTestAuthority } from '../testing/test-certificates.ts'
import { objectLabel } from './object-label.ts'
import { readPkcs11Provider } from './pkcs11-provider.ts'
import { pkcs11Tool } from './pkcs11-tool.ts'
import { readTokenIdentity } from './token-identity.ts'
import { parseListing } from './token-listing.ts'

const provider = { library: '/usr/lib/softhsm/libsofthsm2.so', slot: 7, userPin: 'pin-4711' }
const paths = {
  certificateFilePath: 'pkcs11:object=gg;type=cert',
  privateKeyPath: 'pkcs11:object=gg;type=private',
  pkcs11: provider,
}

const key = (label: string, id: string) =>
  `Private Key Object; RSA \n  label:      ${label}\n  ID:         ${id}\n  Usage:      decrypt, sign\n`
const certificate = (label: string, id: string) =>
  `Certificate Object; type = X.509 cert\n  label:      ${label}\n  subject:    DN: CN=label: x\n  serial:     2C\n  ID:         ${id}\n`
const publicKey = `Public Key Object; EC  EC_POINT 256 bits\n  EC_POINT:   0441\n  label:      gg\n  ID:         01\n`
const data = `Data object 42\n  label:          'gg'\n  application:    ''\n  app_id:         <empty>\n`

const { certificatePem } = await (await createTestAuthority()).issue('T')
const holding = (listing: string) => (_provider: typeof provider, args: readonly string[]) =>
  args.includes('--list-objects') ? Buffer.from(listing) : new X509Certificate(certificatePem).raw

describe('an identity in a token', () => {
  test('is one key and one certificate of the same label and id, whatever else is there', () => {
    const listing = publicKey + key('gg', '01') + certificate('gg', '01') + key('gg.pending', '02') + data
    const { keyLabel, certificatePem: read } = readTokenIdentity(paths, holding(listing))
    expect(keyLabel).toBe('gg')
    expect(new X509Certificate(read).raw).toEqual(new X509Certificate(certificatePem).raw)
  })

  test.each([
    ['no key', certificate('gg', '01'), 'AWS_ERROR_PKCS11_KEY_NOT_FOUND: the token holds 0'],
    [
      'two keys',
      key('gg', '01') + key('gg', '02') + certificate('gg', '01'),
      'KEY_NOT_FOUND: the token holds 2',
    ],
    ['no certificate', key('gg', '01'), 'KeyStoreException: the token holds 0'],
    [
      'two certificates',
      key('gg', '01') + certificate('gg', '01').repeat(2),
      'KeyStoreException: the token holds 2',
    ],
    ['another id', key('gg', '01') + certificate('gg', '02'), 'has the id 01, its certificate 02'],
    ['no id', key('gg', '') + certificate('gg', ''), 'has the id none'],
  ])('with %s is refused as a nucleus refuses it', (_what, listing, refusal) => {
    expect(() => readTokenIdentity(paths, holding(listing))).toThrow(refusal)
  })

  test('with labels that differ, or without the plugin, is refused', () => {
    const listing = holding(key('gg', '01') + certificate('gg', '01'))
    const differing = { ...paths, certificateFilePath: 'pkcs11:object=other;type=cert' }
    expect(() => readTokenIdentity(differing, listing)).toThrow(
      'label gg and the certificate’s label other'.replace('’', "'"),
    )
    expect(() => readTokenIdentity({ ...paths, pkcs11: undefined }, listing)).toThrow('is not configured')
  })
})

describe('a pkcs11: path', () => {
  test('means the object with its label, whatever else stands in it', () => {
    expect(objectLabel('pkcs11:token=t;object=my%20key;type=private;pin-value=1', 'private')).toBe('my key')
  })

  test.each(['pkcs11:type=private', 'pkcs11:object=;type=private', 'pkcs11:object=a;pin-value=4711'])(
    '%s is refused, and not shown: a PIN may stand in it',
    value => {
      expect(() => objectLabel(value, 'private')).toThrow(/^(?!.*4711).*object=LABEL;type=private/u)
    },
  )
})

describe('the listing of a token', () => {
  test('lets indented lines of one object not become another’s', () => {
    expect(parseListing(`${certificate('gg', '3031')}${data}`)).toEqual([
      { kind: 'certificate', label: 'gg', id: '3031' },
      { kind: 'other', label: 'gg', id: '' },
    ])
  })
})

describe('the plugin’s configuration', () => {
  test('may have its scalars as strings', () => {
    expect(readPkcs11Provider({ name: 'n', library: '/l.so', slot: '7', userPin: 4711 })).toEqual({
      library: '/l.so',
      slot: 7,
      userPin: '4711',
    })
  })

  test.each([
    undefined,
    'text',
    {},
    { library: '/l.so', slot: 'first', userPin: '1' },
    { library: '/l.so', slot: '', userPin: '1' },
    { library: '/l.so', slot: 1 },
  ])('%j is none', value => {
    expect(readPkcs11Provider(value)).toBeUndefined()
  })
})

test('a library that is not there is told, and the PIN is not', () => {
  expect(() => pkcs11Tool({ ...provider, library: '/no/such.so' }, ['--list-objects'])).toThrow(
    /^(?!.*pin-4711)AWS_ERROR_PKCS11_LIBRARY: /u,
  )
})
