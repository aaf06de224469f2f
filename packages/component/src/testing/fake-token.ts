import { constants, createPublicKey, type KeyObject, privateEncrypt, sign } from 'node:crypto'
import { hashLengths, type KeyAlgorithm } from '@rotator/protocol/algorithms'
import type {
  CertificateWords,
  GeneratedKeyPair,
  KeySizes,
  ObjectClass,
  ObjectHandle,
  ObjectName,
  OpenToken,
  PublicKeyWords,
  SignMechanism,
  TokenAnswer,
  TokenFlags,
  TokenSession,
} from '../identities/pkcs11/token.ts'
import { generateKey } from '../keys/generate-key.ts'
import type { Secret } from '../secret.ts'
import { signDigestByEcdsa, signDigestByPss } from './bare-signatures.ts'

/** Power fails, or the process is killed: from then on nothing happens any more, until the token is opened anew. */
export class TokenCut extends Error {
  override name = 'TokenCut'
}

/** What becomes of one call. `cut-after`, `fails-after`: it has been done all the same. */
export type CallFate =
  | 'cut-before'
  | 'cut-after'
  | { kind: 'fails' | 'fails-after' | 'session-lost'; ckr: string }

/** What a token can do. */
export interface Capabilities {
  relabels: boolean
  copies: boolean
  /** Token objects that are private keys; one that is gone with its session it destroys all the same. */
  destroysKeys: boolean
  storesData: boolean
  /** Bytes of the longest data object that it stores. */
  mostData: number
  storesCertificates: boolean
  /** Mechanisms that it does, listed or not. */
  mechanisms: ReadonlyMap<string, KeySizes>
  /** Mechanisms that it does and does not list. */
  unlisted: ReadonlySet<string>
}

export interface FakeObject {
  objectClass: ObjectClass
  label: string
  id: Buffer
  value: Buffer
  /** Of a private key. */
  key: KeyObject | undefined
  isLasting: boolean
  isModifiable: boolean
  isDestroyable: boolean
  /** What every signature by it, or every look at its value, is answered with, where it is broken. */
  brokenAs: string | undefined
}

export type MakeKey = (keyAlgorithm: KeyAlgorithm) => Promise<KeyObject>

const rsaSizes = { min: 1024, max: 4096 }
const ecSizes = { min: 112, max: 521 }

/** Those of a token that can do everything that is asked of one here. */
export const allMechanisms: ReadonlyMap<string, KeySizes> = new Map([
  ['CKM_RSA_PKCS_KEY_PAIR_GEN', rsaSizes],
  ['CKM_EC_KEY_PAIR_GEN', ecSizes],
  ['CKM_ECDSA', ecSizes],
  ...['CKM_RSA_PKCS', 'CKM_RSA_PKCS_PSS'].map((name): [string, KeySizes] => [name, rsaSizes]),
  ...[256, 384, 512].flatMap((bits): [string, KeySizes][] => [
    [`CKM_SHA${bits}_RSA_PKCS`, rsaSizes],
    [`CKM_SHA${bits}_RSA_PKCS_PSS`, rsaSizes],
  ]),
])

/** Functions that change what is in a token. A cut at any other leaves what the change before it left. */
export const changingCalls: readonly string[] = [
  'C_CopyObject',
  'C_CreateObject',
  'C_DestroyObject',
  'C_GenerateKeyPair',
  'C_SetAttributeValue',
]

const failure = (call: string, ckr: string): TokenAnswer<never> => ({ ok: false, call, ckr })

const triesOfPin = 3

/** A PKCS#11 token in memory: what is in it outlives sessions and cuts, and every call can be made to fail. */
export class FakeToken {
  readonly library = '/usr/lib/fake-pkcs11.so'
  readonly slot = 4711
  readonly pin: string
  readonly can: Capabilities = {
    relabels: true,
    copies: true,
    destroysKeys: true,
    storesData: true,
    mostData: Infinity,
    storesCertificates: true,
    mechanisms: allMechanisms,
    unlisted: new Set(),
  }
  isReadOnly = false
  isPresent = true
  hasUserPin = true
  /** What it answers to a wrong PIN: not every token says that it is one. */
  wrongPinCkr = 'CKR_PIN_INCORRECT'
  wrongPins = 0
  /** What it answers to whoever wants to destroy what it keeps. */
  keepsCkr = 'CKR_ACTION_PROHIBITED'
  /** The functions that were called, oldest first. */
  readonly calls: string[] = []
  readonly objects = new Map<ObjectHandle, FakeObject>()
  /** Decides over a call by its number, counted from 0, before it is done. */
  fate: (call: number, name: string) => CallFate | undefined = () => undefined
  readonly #makeKey: MakeKey
  #isCut = false
  #lastHandle = 0
  #lastSession = 0

  constructor(
    pin = 'pin-of-the-fake',
    makeKey: MakeKey = async name => (await generateKey(name)).privateKey,
  ) {
    this.pin = pin
    this.#makeKey = makeKey
  }

  readonly open: OpenToken = async (library, slot) => {
    this.#isCut = false
    if (library !== this.library) {
      return { ok: false, call: 'dlopen', ckr: 'NOT_LOADED', detail: `${library}: no such file` }
    }
    return this.#call('C_OpenSession', async () => {
      if (slot !== this.slot) return failure('C_GetSlotList', 'CKR_SLOT_ID_INVALID')
      if (!this.isPresent) return failure('C_GetSlotInfo', 'CKR_TOKEN_NOT_PRESENT')
      for (const [handle, { isLasting }] of this.objects) if (!isLasting) this.objects.delete(handle)
      this.#lastSession += 1
      return { ok: true, value: this.#session(this.#lastSession) }
    })
  }

  get flags(): TokenFlags {
    return {
      isReadOnly: this.isReadOnly,
      hasUserPin: this.hasUserPin,
      isFinalTry: this.wrongPins === triesOfPin - 1,
      isLocked: this.wrongPins >= triesOfPin,
    }
  }

  /** The same token with the same in it, for another fate. */
  clone(): FakeToken {
    const clone = new FakeToken(this.pin, this.#makeKey)
    for (const [handle, object] of this.objects) clone.objects.set(handle, { ...object })
    clone.#lastHandle = this.#lastHandle
    Object.assign(clone.can, this.can)
    return clone
  }

  /** Puts an object in as its owner does, by other means than the component's. */
  provision(object: Partial<FakeObject> & Pick<FakeObject, 'objectClass' | 'label' | 'id'>): ObjectHandle {
    this.#lastHandle += 1
    this.objects.set(this.#lastHandle, {
      value: Buffer.alloc(0),
      key: undefined,
      isLasting: true,
      isModifiable: true,
      isDestroyable: true,
      brokenAs: undefined,
      ...object,
    })
    return this.#lastHandle
  }

  #session(number: number): TokenSession {
    let isOver = false
    const perform = async <T>(
      name: string,
      work: () => Promise<TokenAnswer<T>> | TokenAnswer<T>,
    ): Promise<TokenAnswer<T>> =>
      this.#call(
        name,
        async () => {
          if (isOver || number !== this.#lastSession) return failure(name, 'CKR_SESSION_HANDLE_INVALID')
          return work()
        },
        () => {
          isOver = true
        },
      )
    const onObject = async <T>(
      name: string,
      handle: ObjectHandle,
      work: (object: FakeObject) => Promise<TokenAnswer<T>> | TokenAnswer<T>,
    ): Promise<TokenAnswer<T>> =>
      perform(name, () => {
        const object = this.objects.get(handle)
        return object === undefined ? failure(name, 'CKR_OBJECT_HANDLE_INVALID') : work(object)
      })
    const toWrite = <T>(name: string, work: () => TokenAnswer<T>): TokenAnswer<T> =>
      this.isReadOnly ? failure(name, 'CKR_TOKEN_WRITE_PROTECTED') : work()
    return {
      flags: this.flags,
      mechanisms: async () => perform('C_GetMechanismList', () => this.#listed()),
      login: async pin => perform('C_Login', () => this.#login(pin)),
      find: async (objectClass, label) =>
        perform('C_FindObjects', () => ({ ok: true, value: this.#find(objectClass, label) })),
      readId: async handle => onObject('C_GetAttributeValue', handle, ({ id }) => ({ ok: true, value: id })),
      readValue: async handle =>
        onObject('C_GetAttributeValue', handle, ({ value, brokenAs }) =>
          brokenAs === undefined ? { ok: true, value } : failure('C_GetAttributeValue', brokenAs),
        ),
      readKeyType: async handle =>
        onObject('C_GetAttributeValue', handle, ({ key }) => ({ ok: true, value: keyTypeOf(key) })),
      generateKeyPair: async (keyAlgorithm, name) =>
        perform('C_GenerateKeyPair', async () => this.#generate(keyAlgorithm, name)),
      sign: async (key, mechanism, bytes) =>
        onObject('C_Sign', key, object => this.#sign(object, mechanism, bytes)),
      createCertificate: async (words, name) =>
        perform('C_CreateObject', () => toWrite('C_CreateObject', () => this.#certificate(words, name))),
      createData: async (label, value) =>
        perform('C_CreateObject', () => toWrite('C_CreateObject', () => this.#data(label, value))),
      relabel: async (handle, name) =>
        onObject('C_SetAttributeValue', handle, object =>
          toWrite('C_SetAttributeValue', () => this.#relabel(object, name)),
        ),
      copy: async (handle, name, isLasting) =>
        onObject('C_CopyObject', handle, object =>
          toWrite('C_CopyObject', () => this.#copy({ ...object, ...name, isLasting })),
        ),
      destroy: async handle => onObject('C_DestroyObject', handle, object => this.#destroy(handle, object)),
      close: async () => {
        isOver = true
      },
    }
  }

  async #call<T>(
    name: string,
    work: () => Promise<TokenAnswer<T>>,
    onLost: () => void = () => {},
  ): Promise<TokenAnswer<T>> {
    if (this.#isCut) throw new TokenCut(name)
    const fate = this.fate(this.calls.length, name)
    this.calls.push(name)
    if (fate === 'cut-before') this.#cut(name)
    if (typeof fate === 'object' && fate.kind !== 'fails-after') {
      if (fate.kind === 'session-lost') onLost()
      return failure(name, fate.ckr)
    }
    const answer = await work()
    if (fate === 'cut-after') this.#cut(name)
    return fate === undefined ? answer : failure(name, fate.ckr)
  }

  #cut(name: string): never {
    this.#isCut = true
    throw new TokenCut(name)
  }

  #login(pin: Secret): TokenAnswer<void> {
    if (this.flags.isLocked) return failure('C_Login', 'CKR_PIN_LOCKED')
    if (pin.reveal() === this.pin) {
      this.wrongPins = 0
      return { ok: true, value: undefined }
    }
    this.wrongPins += 1
    return failure('C_Login', this.wrongPinCkr)
  }

  #listed(): TokenAnswer<ReadonlyMap<string, KeySizes>> {
    const listed = [...this.can.mechanisms].filter(([name]) => !this.can.unlisted.has(name))
    return { ok: true, value: new Map(listed) }
  }

  #find(objectClass: ObjectClass, label: string): ObjectHandle[] {
    return [...this.objects].flatMap(([handle, object]) =>
      object.objectClass === objectClass && object.label === label && object.isLasting ? handle : [],
    )
  }

  async #generate(keyAlgorithm: KeyAlgorithm, name: ObjectName): Promise<TokenAnswer<GeneratedKeyPair>> {
    if (this.isReadOnly) return failure('C_GenerateKeyPair', 'CKR_TOKEN_WRITE_PROTECTED')
    const mechanism = keyAlgorithm.startsWith('RSA') ? 'CKM_RSA_PKCS_KEY_PAIR_GEN' : 'CKM_EC_KEY_PAIR_GEN'
    if (!this.can.mechanisms.has(mechanism)) return failure('C_GenerateKeyPair', 'CKR_MECHANISM_INVALID')
    const key = await this.#makeKey(keyAlgorithm)
    const privateKey = this.provision({ objectClass: 'private-key', ...name, key })
    this.provision({ objectClass: 'public-key', ...name })
    return { ok: true, value: { privateKey, publicKey: wordsOf(key) } }
  }

  #sign({ key, brokenAs }: FakeObject, { name, pss }: SignMechanism, bytes: Buffer): TokenAnswer<Buffer> {
    if (brokenAs !== undefined) return failure('C_Sign', brokenAs)
    if (!this.can.mechanisms.has(name)) return failure('C_SignInit', 'CKR_MECHANISM_INVALID')
    const isForEc = name === 'CKM_ECDSA'
    if (key === undefined || (key.asymmetricKeyType === 'ec') !== isForEc) {
      return failure('C_SignInit', 'CKR_KEY_TYPE_INCONSISTENT')
    }
    if (isForEc && bytes.length > orderLengthOf(key)) return failure('C_Sign', 'CKR_DATA_LEN_RANGE')
    return { ok: true, value: signatureBy(key, { name, ...(pss && { pss }) }, bytes) }
  }

  #certificate({ der }: CertificateWords, name: ObjectName): TokenAnswer<ObjectHandle> {
    if (!this.can.storesCertificates) return failure('C_CreateObject', 'CKR_TEMPLATE_INCONSISTENT')
    return { ok: true, value: this.provision({ objectClass: 'certificate', ...name, value: der }) }
  }

  #data(label: string, value: Buffer): TokenAnswer<ObjectHandle> {
    if (!this.can.storesData || value.length > this.can.mostData)
      return failure('C_CreateObject', 'CKR_ATTRIBUTE_VALUE_INVALID')
    return {
      ok: true,
      value: this.provision({ objectClass: 'data', label, id: Buffer.alloc(0), value }),
    }
  }

  #relabel(object: FakeObject, { label, id }: ObjectName): TokenAnswer<void> {
    if (!this.can.relabels) return failure('C_SetAttributeValue', 'CKR_FUNCTION_NOT_SUPPORTED')
    if (!object.isModifiable) return failure('C_SetAttributeValue', 'CKR_ACTION_PROHIBITED')
    Object.assign(object, { label, id })
    return { ok: true, value: undefined }
  }

  #destroy(handle: ObjectHandle, { objectClass, isDestroyable, isLasting }: FakeObject): TokenAnswer<void> {
    const isKept = objectClass === 'private-key' && isLasting && !this.can.destroysKeys
    if (isKept || !isDestroyable) return failure('C_DestroyObject', this.keepsCkr)
    this.objects.delete(handle)
    return { ok: true, value: undefined }
  }

  #copy(object: FakeObject): TokenAnswer<ObjectHandle> {
    if (!this.can.copies) return failure('C_CopyObject', 'CKR_FUNCTION_NOT_SUPPORTED')
    return { ok: true, value: this.provision(object) }
  }
}

function keyTypeOf(key: KeyObject | undefined): 'RSA' | 'EC' | 'other' {
  if (key?.asymmetricKeyType === 'rsa') return 'RSA'
  return key?.asymmetricKeyType === 'ec' ? 'EC' : 'other'
}

/** In bytes. Like many a token it leaves to others what is to become of more. */
const orderLengthOf = (key: KeyObject): number =>
  key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 32 : 48

function signatureBy(key: KeyObject, { name, pss }: SignMechanism, bytes: Buffer): Buffer {
  if (name === 'CKM_ECDSA') return signDigestByEcdsa(key, bytes)
  if (name === 'CKM_RSA_PKCS') return privateEncrypt(key, bytes)
  const hash = pss ?? `sha${Number(name.slice('CKM_SHA'.length, 'CKM_SHA'.length + 3))}`
  if (pss === undefined) return sign(hash, bytes, key)
  if (name === 'CKM_RSA_PKCS_PSS') return signDigestByPss(key, pss, bytes)
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return sign(hash, bytes, { key, padding, saltLength: hashLengths[pss] })
}

/** An EC point inside an OCTET STRING, as the standard has it. */
function wordsOf(key: KeyObject): PublicKeyWords {
  const { n = '', e = '', x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' })
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64url')
  if (key.asymmetricKeyType === 'rsa') return { family: 'RSA', modulus: bytes(n), publicExponent: bytes(e) }
  const point = Buffer.concat([Buffer.from([0x04]), bytes(x), bytes(y)])
  return { family: 'EC', point: Buffer.concat([Buffer.from([0x04, point.length]), point]) }
}
