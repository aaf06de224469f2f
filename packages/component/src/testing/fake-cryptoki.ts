import type { Attribute, Binding, Cryptoki, Mechanism } from '../identities/pkcs11/pkcs11js-binding.ts'
import { attributes as a, keyTypes, mechanisms } from '../identities/pkcs11/pkcs11js-constants.ts'

export type NativeCall = keyof Cryptoki

/** A PKCS #11 library with one token in slot 7, under the functions of the native binding. It computes nothing. */
export interface FakeCryptoki {
  binding: Binding
  /** What a function throws from now on, as `CKR_DEVICE_REMOVED:50`. */
  fails: Map<NativeCall, string>
  /** CK_SLOT_INFO.flags and CK_TOKEN_INFO.flags. */
  flags: { slot: number; token: number }
  /** What C_GetSlotList gives: two slots. */
  slots: Buffer[]
  /** Functions in the order of their calls. */
  calls: NativeCall[]
  /** Flags of the sessions, in the order of C_OpenSession. */
  opened: number[]
  /** By handle, the attributes by type. */
  objects: Map<number, Map<number, Buffer>>
  signed: { mechanism: Mechanism; bytes: Buffer }[]
  /** Attributes that C_GetAttributeValue does not give. */
  unreadable: Set<number>
}

export const fakeSlot = 7
export const fakePin = 'fake-pin-4711'
export const fakeSignature = Buffer.from('signature')
/** Public keys' attributes: a CKA_EC_POINT, a CKA_MODULUS. */
export const fakePoint = Buffer.from('point')
export const fakeModulus = Buffer.from('modulus')

export function fakeCryptoki(): FakeCryptoki {
  const fake: Omit<FakeCryptoki, 'binding'> = {
    fails: new Map(),
    flags: { slot: 1, token: 0x8 },
    slots: [ulong(1), ulong(fakeSlot)],
    calls: [],
    opened: [],
    objects: new Map(),
    signed: [],
    unreadable: new Set(),
  }
  const watched = Object.fromEntries(
    Object.entries(functionsOf(fake)).map(([name, perform]) => [name, watching(fake, name, perform)]),
  )
  const instance = function instance() {
    return watched
  }
  return { ...fake, binding: parseBinding({ PKCS11: instance, CK_PARAMS_RSA_PSS: 5 }) }
}

const parseBinding = (exports: object): Binding => exports as Binding

type AnyFunction = (...args: never[]) => unknown

const watching =
  ({ calls, fails }: Omit<FakeCryptoki, 'binding'>, name: string, perform: AnyFunction): AnyFunction =>
  (...args) => {
    const call = name as NativeCall
    calls.push(call)
    const failure = fails.get(call)
    if (failure !== undefined) throw new Error(failure)
    return perform(...args)
  }

export const ulong = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(value)
  return bytes
}

const fail = (name: string, number: number): never => {
  throw new Error(`${name}:${number}`)
}

const bytesOf = (value: Attribute['value']): Buffer => {
  if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0])
  if (typeof value === 'number') return ulong(value)
  return Buffer.from(value as string)
}

function functionsOf(fake: Omit<FakeCryptoki, 'binding'>): Cryptoki {
  const objects = objectFunctions(fake)
  return { ...tokenFunctions(fake), ...objects, ...keyFunctions(fake, objects.C_CreateObject) }
}

type SessionCall = 'C_OpenSession' | 'C_CloseSession' | 'C_Login' | 'C_Logout'
type TokenCall = 'load' | 'C_Initialize' | 'C_Finalize' | `C_Get${'Slot' | 'Token' | 'Mechanism'}Info`

function tokenFunctions(
  fake: Omit<FakeCryptoki, 'binding'>,
): Pick<Cryptoki, TokenCall | SessionCall | 'C_GetSlotList' | 'C_GetMechanismList'> {
  let isLoggedIn = false
  return {
    load: () => {},
    C_Initialize: () => {},
    C_Finalize: () => {},
    C_GetSlotList: () => fake.slots,
    C_GetSlotInfo: () => ({ flags: fake.flags.slot }),
    C_GetTokenInfo: () => ({ flags: fake.flags.token }),
    C_GetMechanismList: () => [mechanisms.CKM_ECDSA, mechanisms.CKM_EC_KEY_PAIR_GEN, 0x4242],
    C_GetMechanismInfo: () => ({ minKeySize: 256, maxKeySize: 384 }),
    C_OpenSession: (_slot, flags) => {
      fake.opened.push(flags)
      return (fake.flags.token & flags & 2) === 0 ? ulong(1) : fail('CKR_TOKEN_WRITE_PROTECTED', 226)
    },
    C_CloseSession: () => {},
    C_Login: (_session, _user, pin) => {
      if (isLoggedIn) fail('CKR_USER_ALREADY_LOGGED_IN', 256)
      if (pin !== fakePin) fail('CKR_PIN_INCORRECT', 160)
      isLoggedIn = true
    },
    C_Logout: () => {
      isLoggedIn = false
    },
  }
}

type ObjectCall = `C_${'Create' | 'Copy' | 'Destroy'}Object` | `C_FindObjects${'' | 'Init' | 'Final'}`

function objectFunctions({
  objects,
  unreadable,
}: Omit<FakeCryptoki, 'binding'>): Pick<Cryptoki, ObjectCall | `C_${'Get' | 'Set'}AttributeValue`> {
  let nextHandle = 100
  let search: number[] = []
  const store = (values: Map<number, Buffer>): Buffer => {
    nextHandle += 1
    objects.set(nextHandle, values)
    return ulong(nextHandle)
  }
  const objectOf = (native: Buffer): Map<number, Buffer> =>
    objects.get(native.readUInt32LE()) ?? fail('CKR_OBJECT_HANDLE_INVALID', 130)
  const valuesOf = (template: Attribute[]) =>
    template.map(({ type, value }): [number, Buffer] => [type, bytesOf(value)])
  return {
    C_FindObjectsInit: (_session, template) => {
      const wanted = valuesOf(template)
      search = [...objects]
        .filter(([, values]) => wanted.every(([type, value]) => values.get(type)?.equals(value) === true))
        .map(([handle]) => handle)
    },
    C_FindObjects: (_session, atMost) => search.splice(0, atMost).map(ulong),
    C_FindObjectsFinal: () => {},
    C_GetAttributeValue: (_session, object, template) =>
      template.map(({ type }) => {
        if (unreadable.has(type)) fail('CKR_ATTRIBUTE_SENSITIVE', 17)
        return { value: objectOf(object).get(type) ?? fail('CKR_ATTRIBUTE_TYPE_INVALID', 18) }
      }),
    C_SetAttributeValue: (_session, object, template) => {
      for (const [type, value] of valuesOf(template)) objectOf(object).set(type, value)
    },
    C_CreateObject: (_session, template) => store(new Map(valuesOf(template))),
    C_CopyObject: (_session, object, template) =>
      store(new Map([...objectOf(object), ...valuesOf(template)])),
    C_DestroyObject: (_session, object) => {
      objectOf(object)
      objects.delete(object.readUInt32LE())
    },
  }
}

function keyFunctions(
  { signed }: Omit<FakeCryptoki, 'binding'>,
  create: Cryptoki['C_CreateObject'],
): Pick<Cryptoki, 'C_GenerateKeyPair' | 'C_SignInit' | 'C_Sign'> {
  let present: Mechanism | undefined
  return {
    C_GenerateKeyPair: (session, { mechanism }, publicTemplate, privateTemplate) => {
      const isEc = mechanism === mechanisms.CKM_EC_KEY_PAIR_GEN
      const type = { type: a.CKA_KEY_TYPE, value: isEc ? keyTypes.ec : keyTypes.rsa }
      const point = { type: a.CKA_EC_POINT, value: fakePoint }
      const words = isEc ? point : { type: a.CKA_MODULUS, value: fakeModulus }
      const publicKey = [...publicTemplate, { type: a.CKA_CLASS, value: 2 }, type, words]
      const privateKey = [...privateTemplate, { type: a.CKA_CLASS, value: 3 }, type]
      return { publicKey: create(session, publicKey), privateKey: create(session, privateKey) }
    },
    C_SignInit: (_session, mechanism) => {
      present = mechanism
    },
    C_Sign: (_session, bytes, signature) => {
      if (present === undefined) return fail('CKR_OPERATION_NOT_INITIALIZED', 145)
      signed.push({ mechanism: present, bytes })
      present = undefined
      return fakeSignature.copy(signature)
    },
  }
}
