import type { Hash, KeyAlgorithm } from '@rotator/protocol/algorithms'
import type { Secret } from '../../secret.ts'

/**
 * What the identity store needs of a PKCS#11 token (OASIS PKCS #11 2.40), in that standard's words.
 *
 * Nothing here throws: a call that failed is an answer. No answer ever holds the PIN.
 */
export type TokenAnswer<T> = { ok: true; value: T } | TokenFailure

export interface TokenFailure {
  ok: false
  /** The function that failed, such as `C_Login`; `dlopen` for the library itself. */
  call: string
  /**
   * Its return value by name, such as `CKR_PIN_INCORRECT`; `NOT_LOADED` for the library itself, `NO_BINDING` for the
   * component's own part between the two.
   */
  ckr: string
  /** What the system says about a library that cannot be loaded. */
  detail?: string
}

/**
 * Loads the library at that path, finds the slot by its id (which is not its index) and opens a read-write session
 * with the token in it, without logging in. A read-only token opens too: its flags tell.
 *
 * No token in the slot: `CKR_TOKEN_NOT_PRESENT`; no such slot: `CKR_SLOT_ID_INVALID`.
 */
export type OpenToken = (library: string, slot: number) => Promise<TokenAnswer<TokenSession>>

/**
 * One session with one token; closed, it leaves nothing behind.
 *
 * Before each call into the library an implementation lets the event loop turn once: a process whose work nobody
 * waits for any more ends between two calls.
 */
export interface TokenSession {
  /** The token's flags as they are before a login. */
  readonly flags: TokenFlags
  /** C_GetMechanismList and C_GetMechanismInfo, by name. Some tokens can do more than they list. */
  mechanisms(): Promise<TokenAnswer<ReadonlyMap<string, KeySizes>>>
  /** C_Login as the user, at most one attempt. Already logged in is fine. */
  login(pin: Secret): Promise<TokenAnswer<void>>
  /** C_FindObjects: token objects of that class and label. */
  find(objectClass: ObjectClass, label: string): Promise<TokenAnswer<ObjectHandle[]>>
  /** CKA_ID, empty where there is none. */
  readId(handle: ObjectHandle): Promise<TokenAnswer<Buffer>>
  /** CKA_VALUE of a certificate or of data. */
  readValue(handle: ObjectHandle): Promise<TokenAnswer<Buffer>>
  /** CKA_KEY_TYPE. */
  readKeyType(handle: ObjectHandle): Promise<TokenAnswer<'RSA' | 'EC' | 'other'>>
  /**
   * C_GenerateKeyPair: a private token object that signs and decrypts and can be relabelled, sensitive and not
   * extractable. Its public half, under the same label and id, need not stay in the token.
   */
  generateKeyPair(keyAlgorithm: KeyAlgorithm, name: ObjectName): Promise<TokenAnswer<GeneratedKeyPair>>
  /** C_SignInit and C_Sign. An ECDSA signature comes as PKCS#11 has it: r and s, each as long as the curve. */
  sign(key: ObjectHandle, mechanism: SignMechanism, bytes: Buffer): Promise<TokenAnswer<Buffer>>
  /** C_CreateObject: an X.509 certificate as a token object that can be relabelled. */
  createCertificate(certificate: CertificateWords, name: ObjectName): Promise<TokenAnswer<ObjectHandle>>
  /** C_CreateObject: a private token object CKO_DATA. */
  createData(label: string, value: Buffer): Promise<TokenAnswer<ObjectHandle>>
  /** C_SetAttributeValue of CKA_LABEL and CKA_ID in one call. */
  relabel(handle: ObjectHandle, name: ObjectName): Promise<TokenAnswer<void>>
  /** C_CopyObject. @param lasting a token object; otherwise one that is gone with the session */
  copy(handle: ObjectHandle, name: ObjectName, lasting: boolean): Promise<TokenAnswer<ObjectHandle>>
  /** C_DestroyObject. */
  destroy(handle: ObjectHandle): Promise<TokenAnswer<void>>
  /** Logs out, closes the session and finalizes the library, whatever of it still works. */
  close(): Promise<void>
}

export type ObjectClass = 'private-key' | 'public-key' | 'certificate' | 'data'

/** What an object is called within one session; it says the same object as long as that lasts. */
export type ObjectHandle = number

export interface ObjectName {
  label: string
  /** CKA_ID: a certificate and its key have the same. */
  id: Buffer
}

/** The flags of CK_TOKEN_INFO that decide whether a PIN may be tried and whether anything can be written. */
export interface TokenFlags {
  /** CKF_WRITE_PROTECTED */
  isReadOnly: boolean
  /** CKF_USER_PIN_INITIALIZED */
  hasUserPin: boolean
  /** CKF_USER_PIN_FINAL_TRY: one more wrong PIN locks the token. */
  isFinalTry: boolean
  /** CKF_USER_PIN_LOCKED */
  isLocked: boolean
}

/** ulMinKeySize and ulMaxKeySize, in bits for the key pairs used here; 0 and 0 where the token does not say. */
export interface KeySizes {
  min: number
  max: number
}

export interface GeneratedKeyPair {
  privateKey: ObjectHandle
  publicKey: PublicKeyWords
}

/** A public key's attributes as the token gives them. */
export type PublicKeyWords =
  | { family: 'RSA'; modulus: Buffer; publicExponent: Buffer }
  /** CKA_EC_POINT: 04 x y, in some tokens wrapped into an OCTET STRING. */
  | { family: 'EC'; point: Buffer }

export interface SignMechanism {
  name:
    | 'CKM_ECDSA'
    | 'CKM_RSA_PKCS'
    | 'CKM_RSA_PKCS_PSS'
    | `CKM_SHA${256 | 384 | 512}_RSA_PKCS`
    | `CKM_SHA${256 | 384 | 512}_RSA_PKCS_PSS`
  /** CK_RSA_PKCS_PSS_PARAMS: MGF1 with the same hash, and a salt as long as it. */
  pss?: Hash
}

/** What a certificate object is made of, each in DER. */
export interface CertificateWords {
  /** CKA_VALUE: the whole certificate. */
  der: Buffer
  /** CKA_SUBJECT */
  subject: Buffer
  /** CKA_ISSUER */
  issuer: Buffer
  /** CKA_SERIAL_NUMBER */
  serialNumber: Buffer
}
