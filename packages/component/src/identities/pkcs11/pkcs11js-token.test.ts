import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../secret.ts'
import {
  type FakeCryptoki,
  fakeCryptoki,
  fakeModulus,
  fakePin,
  fakePoint,
  fakeSignature,
  fakeSlot,
  type NativeCall,
  ulong,
} from '../../testing/fake-cryptoki.ts'
import { bindingFileName, loadBinding } from './pkcs11js-binding.ts'
import { attributes as a, mechanisms } from './pkcs11js-constants.ts'
import { openToken, openTokenWith } from './pkcs11js-token.ts'
import type { TokenAnswer, TokenSession } from './token.ts'

const library = '/usr/lib/some-hsm.so'
const name = { label: 'gg', id: Buffer.from([1, 2]) }

const open = async (fake: FakeCryptoki, slot = fakeSlot) => openTokenWith(() => fake.binding)(library, slot)

function valueOf<T>(answer: TokenAnswer<T>): T {
  if (!answer.ok) throw new Error(`${answer.call}: ${answer.ckr}`)
  return answer.value
}

async function opened(): Promise<{ fake: FakeCryptoki; session: TokenSession }> {
  const fake = fakeCryptoki()
  const session = valueOf(await open(fake))
  valueOf(await session.login(new Secret(fakePin)))
  return { fake, session }
}

const attributesOf = (fake: FakeCryptoki, at: number) => [...fake.objects.values()][at]

describe('the native file', () => {
  test('is looked for beside the program, and where it is missing that is said', async () => {
    const answer = await openToken(library, fakeSlot)
    expect(answer).toMatchObject({ ok: false, call: 'dlopen', ckr: 'NO_BINDING' })
    expect(answer).toMatchObject({
      detail: expect.stringContaining(bindingFileName(process.platform, process.arch)),
    })
  })

  test('gives what it exports', () => {
    const { binding } = fakeCryptoki()
    expect(
      loadBinding('/some/pkcs11.node', (module, file) => {
        expect(file).toBe('/some/pkcs11.node')
        module.exports = binding
      }),
    ).toBe(binding)
  })
})

describe('opening a token', () => {
  test('finds the slot by its id, which is not its index, and tells the token’s flags', async () => {
    const fake = fakeCryptoki()
    fake.flags.token = 0x8 | 0x2_0000
    expect(valueOf(await open(fake)).flags).toEqual({
      isReadOnly: false,
      hasUserPin: true,
      isFinalTry: true,
      isLocked: false,
    })
    expect(fake.opened).toEqual([0x6])
  })

  test('takes ids that no number can hold', async () => {
    const fake = fakeCryptoki()
    fake.slots = [Buffer.alloc(8, 0xff), ulong(fakeSlot)]
    expect(await open(fake)).toMatchObject({ ok: true })
  })

  test('D13: no such slot and no token in it are told apart, and the library is finalized', async () => {
    const fake = fakeCryptoki()
    expect(await open(fake, 8)).toEqual({ ok: false, call: 'C_GetSlotList', ckr: 'CKR_SLOT_ID_INVALID' })
    expect(fake.calls.at(-1)).toBe('C_Finalize')
    fake.flags.slot = 0
    expect(await open(fake)).toEqual({ ok: false, call: 'C_GetSlotInfo', ckr: 'CKR_TOKEN_NOT_PRESENT' })
    expect(fake.calls.at(-1)).toBe('C_Finalize')
  })

  test('a read-only token is opened to read, and its flags tell', async () => {
    const fake = fakeCryptoki()
    fake.flags.token = 0x2
    expect(valueOf(await open(fake)).flags).toMatchObject({ isReadOnly: true, hasUserPin: false })
    expect(fake.opened).toEqual([0x6, 0x4])
  })

  test.each<NativeCall>([
    'C_Initialize',
    'C_GetSlotList',
    'C_GetSlotInfo',
    'C_GetTokenInfo',
    'C_OpenSession',
  ])('D13: a failure of %s is an answer, and the library is finalized if it was initialized', async call => {
    const fake = fakeCryptoki()
    fake.fails.set(call, 'CKR_DEVICE_ERROR:48')
    expect(await open(fake)).toEqual({ ok: false, call, ckr: 'CKR_DEVICE_ERROR' })
    expect(fake.calls.at(-1)).toBe(call === 'C_Initialize' ? 'C_Initialize' : 'C_Finalize')
  })

  test('a library that cannot be loaded is told with the system’s words', async () => {
    const fake = fakeCryptoki()
    fake.fails.set('load', `${library}: cannot open shared object file`)
    expect(await open(fake)).toEqual({
      ok: false,
      call: 'dlopen',
      ckr: 'NOT_LOADED',
      detail: `${library}: cannot open shared object file`,
    })
  })
})

describe('a session', () => {
  test('D13, A6: a wrong PIN is tried once, and no answer shows it', async () => {
    const fake = fakeCryptoki()
    const session = valueOf(await open(fake))
    const answer = await session.login(new Secret('wrong-pin-0815'))
    expect(answer).toEqual({ ok: false, call: 'C_Login', ckr: 'CKR_PIN_INCORRECT' })
    expect(fake.calls.filter(call => call === 'C_Login')).toHaveLength(1)
    expect(JSON.stringify(answer)).not.toContain('wrong-pin')
  })

  test('a second login is fine', async () => {
    const { session } = await opened()
    expect(await session.login(new Secret(fakePin))).toEqual({ ok: true, value: undefined })
  })

  test('tells the mechanisms that it knows by name, with their sizes', async () => {
    const { session } = await opened()
    expect([...valueOf(await session.mechanisms())]).toEqual([
      ['CKM_EC_KEY_PAIR_GEN', { min: 256, max: 384 }],
      ['CKM_ECDSA', { min: 256, max: 384 }],
    ])
  })

  test('makes an EC pair that signs, and keeps its private half alone', async () => {
    const { fake, session } = await opened()
    const pair = valueOf(await session.generateKeyPair('ECDSA-P384', name))
    expect(pair.publicKey).toEqual({ family: 'EC', point: fakePoint })
    expect(valueOf(await session.find('public-key', 'gg'))).toEqual([])
    expect(valueOf(await session.find('private-key', 'gg'))).toEqual([pair.privateKey])
    expect(valueOf(await session.readKeyType(pair.privateKey))).toBe('EC')
    const key = attributesOf(fake, 0)
    expect(key?.get(a.CKA_EXTRACTABLE)).toEqual(Buffer.from([0]))
    expect(key?.get(a.CKA_SENSITIVE)).toEqual(Buffer.from([1]))
    // Stated as false it would make a TPM refuse the pair.
    expect(key?.has(a.CKA_DECRYPT)).toBe(false)
  })

  test('makes an RSA pair that also decrypts', async () => {
    const { fake, session } = await opened()
    const { publicKey, privateKey } = valueOf(await session.generateKeyPair('RSA-3072', name))
    expect(publicKey).toEqual({
      family: 'RSA',
      modulus: fakeModulus,
      publicExponent: Buffer.from([1, 0, 1]),
    })
    expect(valueOf(await session.readKeyType(privateKey))).toBe('RSA')
    expect(attributesOf(fake, 0)?.get(a.CKA_DECRYPT)).toEqual(Buffer.from([1]))
  })

  test('signs with the mechanism that is asked for, PSS with the parameters of its hash', async () => {
    const { fake, session } = await opened()
    const { privateKey } = valueOf(await session.generateKeyPair('RSA-2048', name))
    const bytes = Buffer.from('request')
    const sign = async (mechanism: Parameters<TokenSession['sign']>[1]) =>
      session.sign(privateKey, mechanism, bytes)
    expect(valueOf(await sign({ name: 'CKM_SHA512_RSA_PKCS' }))).toEqual(fakeSignature)
    valueOf(await sign({ name: 'CKM_SHA384_RSA_PKCS_PSS', pss: 'sha384' }))
    expect(fake.signed).toEqual([
      { mechanism: { mechanism: mechanisms.CKM_SHA512_RSA_PKCS }, bytes },
      {
        mechanism: {
          mechanism: mechanisms.CKM_SHA384_RSA_PKCS_PSS,
          parameter: { type: 5, hashAlg: 0x260, mgf: 3, saltLen: 48 },
        },
        bytes,
      },
    ])
  })

  test('stores a certificate and data, reads them, relabels, copies and destroys them', async () => {
    const { session } = await opened()
    const words = {
      der: Buffer.from('der'),
      subject: Buffer.from('subject'),
      issuer: Buffer.from('issuer'),
      serialNumber: Buffer.from('serial'),
    }
    const certificate = valueOf(await session.createCertificate(words, name))
    expect(valueOf(await session.readValue(certificate))).toEqual(words.der)
    expect(valueOf(await session.readId(certificate))).toEqual(name.id)
    valueOf(await session.relabel(certificate, { label: 'other', id: Buffer.from([9]) }))
    expect(valueOf(await session.find('certificate', 'other'))).toEqual([certificate])
    const copy = valueOf(await session.copy(certificate, { label: 'copy', id: Buffer.from([8]) }, true))
    expect(valueOf(await session.readId(copy))).toEqual(Buffer.from([8]))
    const brief = valueOf(await session.copy(certificate, { label: 'brief', id: Buffer.from([7]) }, false))
    expect(brief).not.toBe(copy)
    expect(valueOf(await session.find('certificate', 'brief'))).toEqual([])
    valueOf(await session.destroy(copy))
    expect(await session.readValue(copy)).toMatchObject({ ok: false, ckr: 'CKR_OBJECT_HANDLE_INVALID' })
    const data = valueOf(await session.createData('note', Buffer.from('text')))
    expect(valueOf(await session.readValue(data))).toEqual(Buffer.from('text'))
    expect(valueOf(await session.readId(data))).toEqual(Buffer.alloc(0))
  })

  test('finds more objects than one call gives', async () => {
    const { session } = await opened()
    for (let n = 0; n < 40; n += 1) valueOf(await session.createData('many', Buffer.from([n])))
    expect(new Set(valueOf(await session.find('data', 'many'))).size).toBe(40)
  })

  test('a key type of a vendor is neither RSA nor EC', async () => {
    const { fake, session } = await opened()
    const data = valueOf(await session.createData('odd', Buffer.from('x')))
    attributesOf(fake, 0)?.set(a.CKA_KEY_TYPE, Buffer.from([3, 0, 0, 0, 0x80, 0, 0, 0]))
    expect(valueOf(await session.readKeyType(data))).toBe('other')
  })

  test('closed, it logs out, closes and finalizes, whatever fails of it', async () => {
    const { fake, session } = await opened()
    fake.fails.set('C_Logout', 'CKR_SESSION_HANDLE_INVALID:179')
    fake.fails.set('C_CloseSession', 'CKR_SESSION_HANDLE_INVALID:179')
    await session.close()
    expect(fake.calls.slice(-3)).toEqual(['C_Logout', 'C_CloseSession', 'C_Finalize'])
  })

  test('before each call the event loop turns once', async () => {
    const { fake, session } = await opened()
    const before = fake.calls.length
    const found = session.find('data', 'none')
    expect(fake.calls).toHaveLength(before)
    await nextTurn()
    await nextTurn()
    expect(fake.calls.length - before).toBeLessThan(3)
    expect(valueOf(await found)).toEqual([])
  })
})

/** Every way into the library that a session has, by the functions that it calls. */
const ways: [NativeCall, string, (session: TokenSession) => Promise<TokenAnswer<unknown>>][] = [
  ['C_GetMechanismList', 'mechanisms', async session => session.mechanisms()],
  ['C_GetMechanismInfo', 'mechanisms', async session => session.mechanisms()],
  ['C_FindObjectsInit', 'find', async session => session.find('data', 'x')],
  ['C_FindObjects', 'find', async session => session.find('data', 'x')],
  ['C_FindObjectsFinal', 'find', async session => session.find('data', 'x')],
  ['C_GenerateKeyPair', 'generateKeyPair', async session => session.generateKeyPair('ECDSA-P256', name)],
  ['C_GetAttributeValue', 'generateKeyPair', async session => session.generateKeyPair('ECDSA-P256', name)],
  [
    'C_GetAttributeValue',
    'generateKeyPair (RSA)',
    async session => session.generateKeyPair('RSA-2048', name),
  ],
  ['C_DestroyObject', 'generateKeyPair', async session => session.generateKeyPair('ECDSA-P256', name)],
  ['C_GetAttributeValue', 'readKeyType', async session => session.readKeyType(0)],
  ['C_GetAttributeValue', 'readValue', async session => session.readValue(0)],
  ['C_GetAttributeValue', 'readId', async session => session.readId(0)],
  ['C_SignInit', 'sign', async session => session.sign(0, { name: 'CKM_ECDSA' }, Buffer.from('x'))],
  ['C_Sign', 'sign', async session => session.sign(0, { name: 'CKM_ECDSA' }, Buffer.from('x'))],
  ['C_CreateObject', 'createData', async session => session.createData('x', Buffer.from('x'))],
  ['C_SetAttributeValue', 'relabel', async session => session.relabel(0, name)],
  ['C_CopyObject', 'copy', async session => session.copy(0, name, true)],
  ['C_DestroyObject', 'destroy', async session => session.destroy(0)],
]

describe('what the library answers', () => {
  test('D13: a public exponent that cannot be read is an answer too', async () => {
    const { fake, session } = await opened()
    fake.unreadable.add(a.CKA_PUBLIC_EXPONENT)
    expect(await session.generateKeyPair('RSA-2048', name)).toMatchObject({
      ok: false,
      ckr: 'CKR_ATTRIBUTE_SENSITIVE',
    })
  })

  test.each(ways)(
    'D13: a session lost in %s of %s is an answer that names the function',
    async (call, _method, way) => {
      const { fake, session } = await opened()
      expect(valueOf(await session.createData('first', Buffer.from('x')))).toBe(0)
      fake.fails.set(call, 'CKR_SESSION_HANDLE_INVALID:179')
      expect(await way(session)).toEqual({ ok: false, call, ckr: 'CKR_SESSION_HANDLE_INVALID' })
      expect(fake.calls).toContain(call)
    },
  )

  test('a vendor’s own code keeps its number', async () => {
    const { fake, session } = await opened()
    fake.fails.set('C_CreateObject', 'CKR_VENDOR_DEFINED:2147483905')
    expect(await session.createData('x', Buffer.from('x'))).toMatchObject({
      ckr: 'CKR_VENDOR_DEFINED:2147483905',
    })
  })

  test('an argument that the binding itself refuses is told as such', async () => {
    const { fake, session } = await opened()
    fake.fails.set('C_CreateObject', 'Argument 1 has wrong type')
    expect(await session.createData('x', Buffer.from('x'))).toEqual({
      ok: false,
      call: 'C_CreateObject',
      ckr: 'CKR_ARGUMENTS_BAD',
      detail: 'Argument 1 has wrong type',
    })
  })

  test('an object of another session is none of this one’s', async () => {
    const { session } = await opened()
    expect(await session.destroy(5)).toMatchObject({ ok: false, ckr: 'CKR_OBJECT_HANDLE_INVALID' })
    expect(await session.readValue(5)).toMatchObject({ ok: false, ckr: 'CKR_OBJECT_HANDLE_INVALID' })
  })
})
