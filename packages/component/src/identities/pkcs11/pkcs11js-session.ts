import type { KeyAlgorithm } from '@rotator/protocol/algorithms'
import type { Secret } from '../../secret.ts'
import type { Attribute, Binding, Cryptoki, NativeHandle } from './pkcs11js-binding.ts'
import { calling } from './pkcs11js-call.ts'
import {
  attributes,
  keyTypes,
  mechanisms as mechanismNumbers,
  tokenFlags,
  userTypes,
} from './pkcs11js-constants.ts'
import {
  certificateTemplate,
  copyTemplate,
  dataTemplate,
  findTemplate,
  keyPairTemplates,
  nameTemplate,
  signMechanism,
} from './pkcs11js-templates.ts'
import type {
  CertificateWords,
  GeneratedKeyPair,
  KeySizes,
  ObjectClass,
  ObjectHandle,
  ObjectName,
  PublicKeyWords,
  SignMechanism,
  TokenAnswer,
  TokenFlags,
  TokenSession,
} from './token.ts'

export interface OpenedSession {
  binding: Binding
  cryptoki: Cryptoki
  slot: NativeHandle
  session: NativeHandle
  /** CK_TOKEN_INFO.flags. */
  flags: number
}

const findAtOnce = 16
/** Enough for an RSA key of 8192 bits. */
const signatureBytes = 1024

/** A session of the binding's, in the words of the port. */
export class Pkcs11jsSession implements TokenSession {
  readonly flags: TokenFlags
  readonly #binding: Binding
  readonly #cryptoki: Cryptoki
  readonly #slot: NativeHandle
  readonly #session: NativeHandle
  readonly #objects = new KnownObjects()

  constructor({ binding, cryptoki, slot, session, flags }: OpenedSession) {
    this.flags = readFlags(flags)
    this.#binding = binding
    this.#cryptoki = cryptoki
    this.#slot = slot
    this.#session = session
  }

  async mechanisms(): Promise<TokenAnswer<ReadonlyMap<string, KeySizes>>> {
    const listed = await calling('C_GetMechanismList', () => this.#cryptoki.C_GetMechanismList(this.#slot))
    if (!listed.ok) return listed
    const found = new Map<string, KeySizes>()
    for (const [name, number] of Object.entries(mechanismNumbers)) {
      if (!listed.value.includes(number)) continue
      const info = await calling('C_GetMechanismInfo', () =>
        this.#cryptoki.C_GetMechanismInfo(this.#slot, number),
      )
      if (!info.ok) return info
      found.set(name, { min: info.value.minKeySize, max: info.value.maxKeySize })
    }
    return { ok: true, value: found }
  }

  async login(pin: Secret): Promise<TokenAnswer<void>> {
    const answer = await calling('C_Login', () => {
      this.#cryptoki.C_Login(this.#session, userTypes.CKU_USER, pin.reveal())
    })
    return !answer.ok && answer.ckr === 'CKR_USER_ALREADY_LOGGED_IN' ? done : answer
  }

  async find(objectClass: ObjectClass, label: string): Promise<TokenAnswer<ObjectHandle[]>> {
    const begun = await calling('C_FindObjectsInit', () => {
      this.#cryptoki.C_FindObjectsInit(this.#session, findTemplate(objectClass, label))
    })
    if (!begun.ok) return begun
    const found = await this.#findAll()
    const ended = await calling('C_FindObjectsFinal', () => {
      this.#cryptoki.C_FindObjectsFinal(this.#session)
    })
    return found.ok && !ended.ok ? ended : found
  }

  async #findAll(): Promise<TokenAnswer<ObjectHandle[]>> {
    const all: ObjectHandle[] = []
    for (;;) {
      const some = await calling('C_FindObjects', () =>
        this.#cryptoki.C_FindObjects(this.#session, findAtOnce),
      )
      if (!some.ok) return some
      all.push(...some.value.map(native => this.#objects.handleOf(native)))
      if (some.value.length === 0) return { ok: true, value: all }
    }
  }

  async readId(handle: ObjectHandle): Promise<TokenAnswer<Buffer>> {
    const answer = await this.#readOne(handle, attributes.CKA_ID)
    // Data objects have none.
    if (!answer.ok && answer.ckr === 'CKR_ATTRIBUTE_TYPE_INVALID') return { ok: true, value: Buffer.alloc(0) }
    return answer
  }

  async readValue(handle: ObjectHandle): Promise<TokenAnswer<Buffer>> {
    return this.#readOne(handle, attributes.CKA_VALUE)
  }

  async readKeyType(handle: ObjectHandle): Promise<TokenAnswer<'RSA' | 'EC' | 'other'>> {
    const answer = await this.#readOne(handle, attributes.CKA_KEY_TYPE)
    if (!answer.ok) return answer
    // A CK_ULONG whose value fits into its first byte, or is the vendor's own.
    const [lowest, ...rest] = answer.value
    const type = rest.every(byte => byte === 0) ? lowest : undefined
    return { ok: true, value: type === keyTypes.rsa ? 'RSA' : type === keyTypes.ec ? 'EC' : 'other' }
  }

  async #readOne(handle: ObjectHandle, type: number): Promise<TokenAnswer<Buffer>> {
    return this.#read(() => this.#objects.nativeOf(handle), type)
  }

  async #read(object: () => NativeHandle, type: number): Promise<TokenAnswer<Buffer>> {
    return calling('C_GetAttributeValue', () => {
      const values = this.#cryptoki.C_GetAttributeValue(this.#session, object(), [{ type }])
      return Buffer.concat(values.map(({ value }) => value))
    })
  }

  async generateKeyPair(
    keyAlgorithm: KeyAlgorithm,
    name: ObjectName,
  ): Promise<TokenAnswer<GeneratedKeyPair>> {
    const { mechanism, publicKey, privateKey } = keyPairTemplates(keyAlgorithm, name)
    const made = await calling('C_GenerateKeyPair', () =>
      this.#cryptoki.C_GenerateKeyPair(
        this.#session,
        { mechanism: mechanismNumbers[mechanism] },
        publicKey,
        privateKey,
      ),
    )
    if (!made.ok) return made
    const words =
      mechanism === 'CKM_EC_KEY_PAIR_GEN'
        ? await this.#readPoint(made.value.publicKey)
        : await this.#readModulus(made.value.publicKey)
    if (!words.ok) return words
    // Nobody asks the token for it: the certificate holds the same public key.
    const destroyed = await this.#destroy(() => made.value.publicKey)
    if (!destroyed.ok) return destroyed
    return {
      ok: true,
      value: { privateKey: this.#objects.handleOf(made.value.privateKey), publicKey: words.value },
    }
  }

  async #readPoint(key: NativeHandle): Promise<TokenAnswer<PublicKeyWords>> {
    const point = await this.#read(() => key, attributes.CKA_EC_POINT)
    return point.ok ? { ok: true, value: { family: 'EC', point: point.value } } : point
  }

  async #readModulus(key: NativeHandle): Promise<TokenAnswer<PublicKeyWords>> {
    const modulus = await this.#read(() => key, attributes.CKA_MODULUS)
    if (!modulus.ok) return modulus
    const exponent = await this.#read(() => key, attributes.CKA_PUBLIC_EXPONENT)
    if (!exponent.ok) return exponent
    return { ok: true, value: { family: 'RSA', modulus: modulus.value, publicExponent: exponent.value } }
  }

  async sign(key: ObjectHandle, mechanism: SignMechanism, bytes: Buffer): Promise<TokenAnswer<Buffer>> {
    const begun = await calling('C_SignInit', () => {
      this.#cryptoki.C_SignInit(
        this.#session,
        signMechanism(mechanism, this.#binding),
        this.#objects.nativeOf(key),
      )
    })
    if (!begun.ok) return begun
    return calling('C_Sign', () => {
      const signature = Buffer.alloc(signatureBytes)
      return signature.subarray(0, this.#cryptoki.C_Sign(this.#session, bytes, signature))
    })
  }

  async createCertificate(
    certificate: CertificateWords,
    name: ObjectName,
  ): Promise<TokenAnswer<ObjectHandle>> {
    return this.#create(certificateTemplate(certificate, name))
  }

  async createData(label: string, value: Buffer): Promise<TokenAnswer<ObjectHandle>> {
    return this.#create(dataTemplate(label, value))
  }

  async #create(template: Attribute[]): Promise<TokenAnswer<ObjectHandle>> {
    return calling('C_CreateObject', () =>
      this.#objects.handleOf(this.#cryptoki.C_CreateObject(this.#session, template)),
    )
  }

  async relabel(handle: ObjectHandle, name: ObjectName): Promise<TokenAnswer<void>> {
    return calling('C_SetAttributeValue', () => {
      const object = this.#objects.nativeOf(handle)
      this.#cryptoki.C_SetAttributeValue(this.#session, object, nameTemplate(name))
    })
  }

  async copy(handle: ObjectHandle, name: ObjectName, lasting: boolean): Promise<TokenAnswer<ObjectHandle>> {
    return calling('C_CopyObject', () => {
      const object = this.#objects.nativeOf(handle)
      const copy = this.#cryptoki.C_CopyObject(this.#session, object, copyTemplate(name, lasting))
      return this.#objects.handleOf(copy)
    })
  }

  async destroy(handle: ObjectHandle): Promise<TokenAnswer<void>> {
    return this.#destroy(() => this.#objects.nativeOf(handle))
  }

  async #destroy(object: () => NativeHandle): Promise<TokenAnswer<void>> {
    return calling('C_DestroyObject', () => {
      this.#cryptoki.C_DestroyObject(this.#session, object())
    })
  }

  async close(): Promise<void> {
    // Each is worth a try whatever became of the one before.
    await calling('C_Logout', () => {
      this.#cryptoki.C_Logout(this.#session)
    })
    await calling('C_CloseSession', () => {
      this.#cryptoki.C_CloseSession(this.#session)
    })
    await calling('C_Finalize', () => {
      this.#cryptoki.C_Finalize()
    })
  }
}

const done: TokenAnswer<void> = { ok: true, value: undefined }

const readFlags = (flags: number): TokenFlags => {
  const has = (flag: number): boolean => (flags & flag) !== 0
  return {
    isReadOnly: has(tokenFlags.CKF_WRITE_PROTECTED),
    hasUserPin: has(tokenFlags.CKF_USER_PIN_INITIALIZED),
    isFinalTry: has(tokenFlags.CKF_USER_PIN_FINAL_TRY),
    isLocked: has(tokenFlags.CKF_USER_PIN_LOCKED),
  }
}

/** The objects that a session has met. A CK_ULONG may be larger than a number can be, so theirs are our own. */
class KnownObjects {
  readonly #handles = new Map<string, ObjectHandle>()
  readonly #natives: NativeHandle[] = []

  handleOf(native: NativeHandle): ObjectHandle {
    const key = native.toString('hex')
    const handle = this.#handles.get(key) ?? this.#natives.push(native) - 1
    this.#handles.set(key, handle)
    return handle
  }

  /** @throws for a handle of another session */
  nativeOf(handle: ObjectHandle): NativeHandle {
    const native = this.#natives[handle]
    if (native === undefined) throw new Error('CKR_OBJECT_HANDLE_INVALID:130')
    return native
  }
}
