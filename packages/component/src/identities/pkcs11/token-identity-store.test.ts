import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { algorithmPairs } from '@rotator/protocol/algorithms'
import { csrDigest, parseCsr } from '@rotator/protocol/x509/csr'
import { beforeEach, describe, expect, test } from 'vitest'
import type { FakeToken } from '../../testing/fake-token.ts'
import { fired } from '../../testing/fired.ts'
import {
  algorithms,
  execution,
  identityStoreContract,
  prepare,
} from '../../testing/identity-store-contract.ts'
import { deviceAndStranger, idOf } from '../../testing/test-authority.ts'
import {
  accessTo,
  inventory,
  lookInto,
  pooledKeys,
  putPair,
  storeIn,
  tokenLabel,
  tokenLabels,
  tokenWith,
} from '../../testing/token-device.ts'
import { TokenIdentityStore } from './token-identity-store.ts'

const { authority, issue, identity, other } = await deviceAndStranger()
const { privateKey: rsaKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaIdentity = await authority.identity({}, rsaKey)
let token: FakeToken

beforeEach(() => {
  token = tokenWith(identity)
})

const without = (...names: string[]): FakeToken['can']['mechanisms'] =>
  new Map([...token.can.mechanisms].filter(([name]) => !names.includes(name)))

const make = async (now = Date.now()) => storeIn(token).makePending(execution, algorithms, now)

identityStoreContract('a token that relabels', async () => {
  const one = tokenWith(identity)
  one.can.copies = false
  return { store: storeIn(one), issue, reopen: () => storeIn(one), release: () => {} }
})

identityStoreContract('a token that copies only', async () => {
  const one = tokenWith(identity)
  one.can.relabels = false
  return { store: storeIn(one), issue, reopen: () => storeIn(one), release: () => {} }
})

identityStoreContract('a token with an RSA key in it that hashes nothing', async () => {
  const one = tokenWith(rsaIdentity)
  one.can.mechanisms = new Map([...one.can.mechanisms].filter(([name]) => !name.startsWith('CKM_SHA')))
  return { store: storeIn(one), issue, reopen: () => storeIn(one), release: () => {} }
})

describe('requests by a token', () => {
  const makeKey = pooledKeys()
  const pairs = algorithmPairs.filter(({ keyAlgorithm }) => keyAlgorithm !== 'ECDSA-P521')

  test.each(pairs)(
    '$keyAlgorithm is signed $signingAlgorithm, whether or not the token hashes',
    async pair => {
      for (const names of [[], [...token.can.mechanisms.keys()].filter(name => name.startsWith('CKM_SHA'))]) {
        const one = tokenWith(identity, makeKey)
        one.can.mechanisms = without(...names)
        const made = await storeIn(one).makePending(execution, pair, Date.now())
        const digest = made.kind === 'pending-made' ? made.csrDigest : csrDigest('')
        const csr = parseCsr((await storeIn(one).pendingCsr(digest)) ?? '')
        expect(csr).toMatchObject({ ok: true, value: { signingAlgorithm: pair.signingAlgorithm } })
      }
    },
  )

  test('D14: a mechanism that the token does without listing it is used', async () => {
    token.can.unlisted = new Set(['CKM_SHA256_RSA_PKCS_PSS', 'CKM_RSA_PKCS_PSS'])
    const pair = { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSAANDMGF1' } as const
    expect(await storeIn(token).makePending(execution, pair, Date.now())).toMatchObject({
      kind: 'pending-made',
    })
  })
})

describe('a token that lacks something', () => {
  const cases: [string, () => void, string, RegExp][] = [
    [
      'relabelling and copying',
      () => Object.assign(token.can, { relabels: false, copies: false }),
      'HSM_UNSUITABLE',
      /neither relabel .*CKR_FUNCTION_NOT_SUPPORTED.* nor copy/u,
    ],
    [
      'copying, with a key that must not be changed',
      () => {
        token.can.copies = false
        for (const object of token.objects.values()) object.isModifiable = false
      },
      'HSM_UNSUITABLE',
      /CKR_ACTION_PROHIBITED/u,
    ],
    ['writing', () => (token.isReadOnly = true), 'HSM_UNSUITABLE', /read-only/u],
    ['certificates', () => (token.can.storesCertificates = false), 'HSM_UNSUITABLE', /store a certificate/u],
    ['data', () => (token.can.storesData = false), 'HSM_UNSUITABLE', /store a data object/u],
    ['long data', () => (token.can.mostData = 1_000), 'HSM_UNSUITABLE', /store a data object as long/u],
    [
      'keys of that kind',
      () => (token.can.mechanisms = without('CKM_EC_KEY_PAIR_GEN')),
      'ALGORITHM_NOT_ALLOWED',
      /lacks CKM_EC_KEY_PAIR_GEN/u,
    ],
    [
      'keys of that length',
      () => {
        token.can.mechanisms = new Map([
          ...token.can.mechanisms,
          ['CKM_EC_KEY_PAIR_GEN', { min: 384, max: 384 }],
        ])
      },
      'ALGORITHM_NOT_ALLOWED',
      /takes 384 to 384 bits/u,
    ],
    [
      'signatures of that kind',
      () => (token.can.mechanisms = without('CKM_ECDSA')),
      'IDENTITY_UNUSABLE',
      /does not sign/u,
    ],
  ]

  test.each(cases)('D14: of %s is refused before anything is made', async (_name, spoil, code, reason) => {
    const before = inventory(token)
    spoil()
    expect(await make()).toMatchObject({
      kind: 'pending-not-made',
      code,
      reason: expect.stringMatching(reason),
    })
    expect(token.calls).not.toContain('C_GenerateKeyPair')
    expect(inventory(token)).toEqual(before)
  })

  test('D14: of a signature that nothing but a signature shows is refused, and its new key removed', async () => {
    const pair = { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSAANDMGF1' } as const
    const before = inventory(token)
    token.can.mechanisms = without('CKM_SHA256_RSA_PKCS_PSS', 'CKM_RSA_PKCS_PSS')
    const refused = { code: 'ALGORITHM_NOT_ALLOWED', reason: expect.stringMatching(/CKR_MECHANISM_INVALID/u) }
    expect(await storeIn(token).makePending(execution, pair, Date.now())).toMatchObject(refused)
    expect(inventory(token)).toEqual(before)
    // With a key of the same kind in use, that one shows it.
    const withRsa = tokenWith(rsaIdentity)
    withRsa.can.mechanisms = token.can.mechanisms
    expect(await storeIn(withRsa).makePending(execution, pair, Date.now())).toMatchObject(refused)
    expect(withRsa.calls).not.toContain('C_GenerateKeyPair')
    const pkcs1 = { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' } as const
    token.can.mechanisms = without('CKM_SHA256_RSA_PKCS', 'CKM_RSA_PKCS')
    expect(await storeIn(token).makePending(execution, pkcs1, Date.now())).toMatchObject({
      reason: expect.stringMatching(/lacks CKM_SHA256_RSA_PKCS and CKM_RSA_PKCS/u),
    })
  })

  test('D14: of a length that is not told, or of P-521, is judged by what is known', async () => {
    token.can.mechanisms = new Map([...token.can.mechanisms, ['CKM_EC_KEY_PAIR_GEN', { min: 0, max: 0 }]])
    expect(await make()).toMatchObject({ kind: 'pending-made' })
    const pair = { keyAlgorithm: 'ECDSA-P521', signingAlgorithm: 'ECDSA-WITH-SHA512' } as const
    expect(await storeIn(token).makePending(execution, pair, Date.now())).toMatchObject({
      code: 'ALGORITHM_NOT_ALLOWED',
    })
  })
})

describe('a token that cannot be used now', () => {
  test.each<[string, () => void, string, RegExp]>([
    ['absent', () => (token.isPresent = false), 'HSM_FAILED', /CKR_TOKEN_NOT_PRESENT.*plugged in/u],
    ['locked', () => (token.wrongPins = 3), 'HSM_FAILED', /locked its user PIN/u],
    ['one try from being locked', () => (token.wrongPins = 2), 'HSM_FAILED', /does not log in/u],
    ['without a PIN', () => (token.hasUserPin = false), 'HSM_FAILED', /no user PIN yet/u],
  ])('D13: as it is %s says so, and no PIN is tried', async (_name, spoil, code, message) => {
    spoil()
    await expect(storeIn(token).find()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
    expect(await make()).toMatchObject({ kind: 'pending-not-made', code })
    expect(token.calls).not.toContain('C_Login')
  })

  test.each([
    [{ slot: 1 }, /CKR_SLOT_ID_INVALID.*slot id, not an index/u],
    [{ library: '/none.so' }, /NOT_LOADED, \/none\.so: no such file.*Install the library/u],
  ])('D13: as the settings %j lead nowhere says so', async (wrong, message) => {
    const { open, settings } = accessTo(token)
    const store = new TokenIdentityStore({ open, settings: { ...settings, ...wrong } })
    await expect(store.find()).rejects.toMatchObject({
      code: 'HSM_FAILED',
      message: expect.stringMatching(message),
    })
  })

  test('A6, D13: as the PIN is wrong says so without any PIN, after one try an order', async ({ task }) => {
    const { open, settings } = accessTo(token)
    const wrong = new TokenIdentityStore({ open, settings: { ...settings, userPin: settings.userPin } })
    Object.assign(token, { pin: 'the-right-one' })
    const error = await wrong.find().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'HSM_PIN_REFUSED',
      message: expect.stringMatching(/CKR_PIN_INCORRECT/u),
    })
    expect(JSON.stringify([error, String(error), inventory(token)])).not.toContain(settings.userPin.reveal())
    expect(token.wrongPins).toBe(1)
    fired(task)
  })

  test('D13: as any call of a rotation fails says which, and shows no PIN', async ({ task }) => {
    token.fate = (_call, name) =>
      name === 'C_GenerateKeyPair' ? { kind: 'fails', ckr: 'CKR_DEVICE_MEMORY' } : undefined
    expect(await make()).toMatchObject({
      code: 'HSM_FAILED',
      reason: expect.stringMatching(/C_GenerateKeyPair: CKR_DEVICE_MEMORY.*Remove objects/u),
    })
    fired(task)
  })
})

describe('what somebody else did', () => {
  test.each<[string, () => void, RegExp]>([
    ['no certificate', () => remove('certificate'), /no certificate labelled greengrass/u],
    ['no key', () => remove('private-key'), /no private key labelled greengrass/u],
    ['a second certificate', () => putPair(token, other, tokenLabel, '02'), /more than one certificate/u],
    [
      'a second key',
      () => {
        putPair(token, other, tokenLabel, '02')
        remove('certificate', 1)
      },
      /more than one private key/u,
    ],
    [
      'another key',
      () => {
        remove('private-key')
        putPair(token, other, tokenLabel, '01')
        remove('certificate', 1)
      },
      /does not belong to the certificate/u,
    ],
    [
      'another id',
      () => {
        for (const object of token.objects.values())
          if (object.objectClass === 'certificate') object.id = Buffer.from([2])
      },
      /different ids/u,
    ],
    [
      'a certificate that is none',
      () => {
        for (const object of token.objects.values())
          if (object.objectClass === 'certificate') object.value = Buffer.from('none')
      },
      /cannot be read/u,
    ],
  ])('D11: %s is explained and left alone', async (_name, spoil, problem) => {
    spoil()
    const before = inventory(token)
    expect(await storeIn(token).find()).toMatchObject({
      current: null,
      remark: expect.stringMatching(problem),
    })
    expect(await make()).toMatchObject({ code: 'IDENTITY_UNUSABLE', reason: expect.stringMatching(problem) })
    await expect(storeIn(token).drop()).rejects.toMatchObject({ code: 'IDENTITY_UNUSABLE' })
    expect(inventory(token)).toEqual(before)
  })

  test('D11: a pair put in place by hand in the middle of a rotation is kept, and OLD is no way back', async () => {
    const ids = await prepare(storeIn(token), issue)
    await storeIn(token).place({ current: ids.new, previous: ids.old })
    remove('certificate', 0, tokenLabel)
    remove('private-key', 0, tokenLabel)
    putPair(token, other, tokenLabel, '07')
    expect(await storeIn(token).find()).toMatchObject({
      current: other.certificateId,
      previous: null,
      remark: expect.stringContaining('replaced by hand'),
    })
    await storeIn(token).drop()
    expect(await storeIn(token).find()).toMatchObject({ current: other.certificateId, remark: undefined })
  })

  test('where the pair in use was taken away, the one to place is put in its place', async () => {
    const ids = await prepare(storeIn(token), issue)
    remove('certificate', 0, tokenLabel)
    remove('private-key', 0, tokenLabel)
    await storeIn(token).place({ current: ids.new, previous: ids.old })
    expect((await storeIn(token).find()).current).toBe(ids.new)
  })
})

/** Removes the n-th object of that class, and of that label where one is given. */
function remove(objectClass: string, n = 0, label?: string): void {
  const found = [...token.objects].filter(
    ([, object]) => object.objectClass === objectClass && (label === undefined || object.label === label),
  )
  const [handle] = found[n] ?? []
  if (handle === undefined) throw new Error('nothing to remove')
  token.objects.delete(handle)
}

describe('a certificate for a pending key', () => {
  test.each<[string, () => Promise<string>, string]>([
    ['that is none', async () => 'no PEM', 'certificate-unusable'],
    ['of another key', async () => other.certificatePem, 'certificate-unusable'],
  ])('D9: %s is refused', async (_name, certificate, kind) => {
    const made = await make()
    const digest = made.kind === 'pending-made' ? made.csrDigest : csrDigest('')
    expect(await storeIn(token).checkCertificate(digest, await certificate(), Date.now())).toMatchObject({
      kind,
    })
  })

  test('D8: is stored once, and not judged by a clock that is wrong', async () => {
    const made = await make()
    const digest = made.kind === 'pending-made' ? made.csrDigest : csrDigest('')
    const pem = await issue((await storeIn(token).pendingCsr(digest)) ?? '')
    expect(await storeIn(token).checkCertificate(digest, pem, 0)).toEqual({ kind: 'certificate-undecided' })
    for (const _time of ['once', 'twice']) {
      const usable = { kind: 'certificate-usable', certificateId: idOf(pem) }
      expect(await storeIn(token).checkCertificate(digest, pem, Date.now())).toEqual(usable)
    }
    expect(inventory(token).filter(line => line.startsWith('certificate'))).toHaveLength(2)
    remove('certificate', 0, tokenLabel)
    expect(await storeIn(token).checkCertificate(digest, pem, Date.now())).toMatchObject({
      kind: 'certificate-usable',
    })
  })
})

test('a rotation is not begun beside one that is not settled, nor near the end of the certificate', async () => {
  const ids = await prepare(storeIn(token), issue)
  await storeIn(token).place({ current: ids.new, previous: ids.old })
  await expect(make()).rejects.toMatchObject({
    lookAgain: true,
    message: expect.stringContaining('not settled'),
  })
  token = tokenWith(await authority.identity({ notAfter: Date.now() + 60_000 }))
  expect(await make()).toMatchObject({ code: 'OLD_EXPIRES_TOO_SOON' })
})

test('a fault of ours is not taken for one of the token', async () => {
  const { settings } = accessTo(token)
  const open = async () => {
    throw new TypeError('a bug')
  }
  await expect(
    new TokenIdentityStore({ open, settings }).makePending(execution, algorithms, 0),
  ).rejects.toThrow(TypeError)
})

describe('a token that does not do what it says', () => {
  test('D13: a copy that does not sign as its original is removed, and the original stays', async ({
    task,
  }) => {
    token.can.relabels = false
    const ids = await prepare(storeIn(token), issue)
    const provision = token.provision.bind(token)
    token.provision = object => {
      if (object.objectClass !== 'private-key') return provision(object)
      fired(task)
      return provision({ ...object, key: createPrivateKey(other.keyPem) })
    }
    const before = inventory(token)
    await expect(storeIn(token).place({ current: ids.new, previous: ids.old })).rejects.toMatchObject({
      code: 'HSM_FAILED',
      message: expect.stringContaining('does not sign as the key does'),
    })
    expect(inventory(token).filter(isPrivateKey)).toEqual(before.filter(isPrivateKey))
    expect((await storeIn(token).find()).current).toBe(ids.old)
  })

  test('D13: a switch that it only says to have made is no success', async ({ task }) => {
    const ids = await prepare(storeIn(token), issue)
    const get = token.objects.get.bind(token.objects)
    token.objects.get = handle => {
      const object = get(handle)
      return object && { ...object }
    }
    const placed = storeIn(token).place({ current: ids.new, previous: ids.old })
    await expect(placed).rejects.toMatchObject({
      message: expect.stringMatching(/did everything, but.*more|no/u),
    })
    token.objects.get = get
    expect(await storeIn(token).find()).toMatchObject({ current: ids.new, previous: ids.old })
    await storeIn(token).place({ current: ids.old, previous: ids.new })
    token.objects.get = handle => {
      const object = get(handle)
      return object && { ...object }
    }
    token.objects.delete = () => true
    token.provision = () => 0
    await expect(storeIn(token).place({ current: ids.new, previous: ids.old })).rejects.toMatchObject({
      message: expect.stringContaining(`It holds certificate ${ids.old} there`),
    })
    fired(task)
  })

  test('D13: nothing of an identity is destroyed before it has been seen in its place', async ({ task }) => {
    token.can.relabels = false
    const ids = await prepare(storeIn(token), issue)
    const provision = token.provision.bind(token)
    token.provision = object => {
      if (object.objectClass !== 'private-key' || object.label !== tokenLabel) return provision(object)
      fired(task)
      return provision({ ...object, label: 'astray' })
    }
    await expect(storeIn(token).place({ current: ids.new, previous: ids.old })).rejects.toMatchObject({
      code: 'HSM_FAILED',
      message: expect.stringMatching(/did everything, but.*no private key/u),
    })
    expect((await lookInto(token)).complete).toEqual(new Set([ids.old, ids.new]))
    await expect(storeIn(token).find()).rejects.toMatchObject({ code: 'HSM_FAILED' })
    token.provision = provision
    expect(await storeIn(token).find()).toMatchObject({ current: ids.new, previous: ids.old })
  })

  test.each<[string, (swap: FakeToken) => FakeToken, RegExp]>([
    [
      'a key of another kind',
      () => tokenWith(identity, async () => createPrivateKey(rsaIdentity.keyPem)),
      /public half cannot be read/u,
    ],
    [
      'a signature of another key',
      () => {
        const swapping = tokenWith(identity)
        const provision = swapping.provision.bind(swapping)
        swapping.provision = object =>
          provision(object.key === undefined ? object : { ...object, key: createPrivateKey(other.keyPem) })
        return swapping
      },
      /signed a request wrongly/u,
    ],
  ])('D13: %s is found out before anybody is asked for a certificate', async (_name, spoil, reason) => {
    token = spoil(token)
    const before = inventory(token)
    expect(await make()).toMatchObject({ code: 'HSM_FAILED', reason: expect.stringMatching(reason) })
    expect(inventory(token)).toEqual(before)
  })

  test('D13: a key that cannot be removed again is removed before the next one is made', async ({ task }) => {
    let isMade = false
    token.fate = (_call, name) => {
      if (isMade) return { kind: 'fails', ckr: 'CKR_DEVICE_ERROR' }
      isMade = name === 'C_GenerateKeyPair'
      return undefined
    }
    expect(await make()).toMatchObject({ code: 'HSM_FAILED' })
    fired(task, Number(isMade))
    token.fate = () => undefined
    expect(inventory(token).filter(isPrivateKey)).toHaveLength(2)
    expect(await make()).toMatchObject({ kind: 'pending-made' })
    expect(inventory(token).filter(isPrivateKey)).toHaveLength(2)
  })
})

const isPrivateKey = (line: string): boolean => line.startsWith('private-key')

test('what was made for a rotation whose note cannot be read any more is removed before the next key is made', async () => {
  await make()
  for (const object of token.objects.values()) {
    if (object.label === tokenLabels.pending) object.label = tokenLabels.previous
    if (object.label === tokenLabels.note) object.value = Buffer.from('torn')
  }
  expect(await make()).toMatchObject({ kind: 'pending-made' })
  const keyIds = [...token.objects.values()].flatMap(({ key, id }) =>
    key === undefined ? [] : id.toString('hex'),
  )
  expect(keyIds).toEqual(['01', expect.stringMatching(/^[0-9a-f]{32}$/u)])
  expect(inventory(token).filter(line => line.includes(tokenLabels.previous))).toEqual([])
})

test('D11: what is twice, or no certificate, under the label of the one to place is put in order', async () => {
  const ids = await prepare(storeIn(token), issue)
  putPair(token, identity, tokenLabel, '01')
  expect(await storeIn(token).find()).toMatchObject({ current: null })
  await storeIn(token).place({ current: ids.old, previous: ids.new })
  expect((await storeIn(token).find()).current).toBe(ids.old)
  const whole = [...token.objects.values()].find(
    ({ objectClass, label }) => objectClass === 'certificate' && label === tokenLabel,
  )
  if (whole === undefined) throw new Error('nothing to spoil')
  token.provision({ ...whole, label: tokenLabels.previous })
  whole.value = Buffer.from('none')
  await storeIn(token).place({ current: ids.new, previous: ids.old })
  expect((await storeIn(token).find()).current).toBe(ids.new)
})
