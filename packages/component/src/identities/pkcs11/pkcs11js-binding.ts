/** A CK_ULONG that names a slot, a session or an object, in the bytes of this machine. */
export type NativeHandle = Buffer

export interface Attribute {
  type: number
  value: Buffer | string | number | boolean
}

export interface Mechanism {
  mechanism: number
  parameter?: { type: number; hashAlg: number; mgf: number; saltLen: number }
}

/**
 * What is used of the native object of pkcs11js 2.1.7: the functions of PKCS #11 under their own names.
 *
 * They are synchronous. A failed one throws an Error whose message is `<name of the return value>:<number>`. What
 * the package's own JavaScript adds to that is not needed, so the native file is all that ships.
 */
export interface Cryptoki {
  load(library: string): void
  C_Initialize(): void
  C_Finalize(): void
  C_GetSlotList(onlyWithToken: boolean): NativeHandle[]
  C_GetSlotInfo(slot: NativeHandle): { flags: number }
  C_GetTokenInfo(slot: NativeHandle): { flags: number }
  C_GetMechanismList(slot: NativeHandle): number[]
  C_GetMechanismInfo(slot: NativeHandle, mechanism: number): { minKeySize: number; maxKeySize: number }
  C_OpenSession(slot: NativeHandle, flags: number): NativeHandle
  C_CloseSession(session: NativeHandle): void
  C_Login(session: NativeHandle, userType: number, pin: string): void
  C_Logout(session: NativeHandle): void
  C_FindObjectsInit(session: NativeHandle, template: Attribute[]): void
  C_FindObjects(session: NativeHandle, atMost: number): NativeHandle[]
  C_FindObjectsFinal(session: NativeHandle): void
  C_GetAttributeValue(
    session: NativeHandle,
    object: NativeHandle,
    template: { type: number }[],
  ): { value: Buffer }[]
  C_SetAttributeValue(session: NativeHandle, object: NativeHandle, template: Attribute[]): void
  C_GenerateKeyPair(
    session: NativeHandle,
    mechanism: Mechanism,
    publicTemplate: Attribute[],
    privateTemplate: Attribute[],
  ): { publicKey: NativeHandle; privateKey: NativeHandle }
  C_SignInit(session: NativeHandle, mechanism: Mechanism, key: NativeHandle): void
  /** Writes into `signature`. @returns how many bytes */
  C_Sign(session: NativeHandle, bytes: Buffer, signature: Buffer): number
  C_CreateObject(session: NativeHandle, template: Attribute[]): NativeHandle
  C_CopyObject(session: NativeHandle, object: NativeHandle, template: Attribute[]): NativeHandle
  C_DestroyObject(session: NativeHandle, object: NativeHandle): void
}

/** The native file's exports. */
export interface Binding {
  PKCS11: new () => Cryptoki
  /** The kind of mechanism parameter that PSS takes. */
  CK_PARAMS_RSA_PSS: number
}

type Dlopen = (module: { exports: unknown }, file: string) => void

const systemDlopen: Dlopen = (module, file) => {
  process.dlopen(module, file)
}

/** Loads the native file; throws what the system says where it cannot be loaded. */
export function loadBinding(file: string, dlopen: Dlopen = systemDlopen): Binding {
  const module: { exports: unknown } = { exports: {} }
  dlopen(module, file)
  return parseBinding(module.exports)
}

/** It comes with this component, built from the sources of one version. */
const parseBinding = (exports: unknown): Binding => exports as Binding

/** Beside the bundle lies one file for each architecture that the component is built for. */
export const bindingFileName = (platform: NodeJS.Platform, architecture: NodeJS.Architecture): string =>
  `pkcs11-${platform}-${architecture}.node`
