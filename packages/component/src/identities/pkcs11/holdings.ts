import type { CertificateId } from '@rotator/protocol/ids'
import type { CertificateFacts } from '../../keys/identity-facts.ts'
import type { RotationNote } from './rotation-note.ts'
import type { ObjectHandle } from './token.ts'

/** An object in one of the slots. `id` is its CKA_ID in hexadecimal. */
export interface Held {
  handle: ObjectHandle
  label: string
  id: string
}

export interface HeldCertificate extends Held {
  der: Buffer
  certificateId: CertificateId
  /** Undefined where the object holds no certificate that can be read. */
  facts: CertificateFacts | undefined
}

export interface HeldKey extends Held {
  /** The held certificates that a signature by this key has just been verified with. */
  proves: readonly CertificateId[]
}

/** What a token holds of the device's identities: all that a store decides by. */
export interface Holdings {
  certificates: readonly HeldCertificate[]
  keys: readonly HeldKey[]
  publicKeys: readonly Held[]
  note: RotationNote | undefined
}
