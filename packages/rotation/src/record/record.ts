import type { CertificateId, CsrDigest, ExecutionId } from '@rotator/protocol/ids'

/**
 * The record of a thing's rotation: the one arbiter of "did this rotation happen?".
 *
 * It stands in the thing's named shadow, is written only conditionally on the shadow's version, and is written
 * before anything that follows from it is said or done.
 */
export type RotationRecord = NoRecord | OpenRecord | SettledRecord

/** Nothing is known of the thing: no shadow yet, only its marker, or one that cannot be read. */
export interface NoRecord {
  progress: 'none'
  /** The certificates that the operators were last asked to choose from. */
  toldOf: readonly CertificateId[]
}

export type OpenProgress = 'created' | 'committed' | 'abandoned' | 'held'

/**
 * Two certificates are in play, and neither may be retired.
 *
 * - created: NEW is issued and on trial
 * - committed: the device said over NEW that it works
 * - abandoned: OLD stays; only the end of the execution is missing
 * - held: both stay, until the device's own word
 */
export interface OpenRecord extends Remembered {
  progress: OpenProgress
  oldCertificateId: CertificateId
  newCertificateId: CertificateId
  /** The certificate that is known to be good: the one that asked. */
  keep: CertificateId
}

/** Decided: `keep` stays. Without `keep` only the end of an execution is remembered (a tombstone). */
export interface SettledRecord extends Remembered {
  progress: 'settled'
  oldCertificateId: CertificateId | undefined
  newCertificateId: CertificateId | undefined
  keep: CertificateId | undefined
  /** No certificate is known of `execution`; OLD and NEW, if any, are those of a rotation before it. */
  tombstone: boolean
  /** As in {@link NoRecord}; empty unless `keep` is missing. */
  toldOf: readonly CertificateId[]
}

export interface Remembered {
  /** Undefined in a record that a version 1 backend began: it wrote no job into it. */
  execution: ExecutionId | undefined
  /** Of the request that NEW was issued for; undefined where a version 1 backend issued it. */
  csrDigest: CsrDigest | undefined
  /** What creates are compared with, so that no certificate needs to be described again. */
  identities: RecordedIdentities | undefined
  /** How often the device had changed sides when it last spoke. */
  turn: number
  /** Decided to go; an id leaves when it is retired, or when it turns out to be the one in use. */
  retiring: readonly CertificateId[]
  /**
   * Left behind by a version 1 device's create. Such a device may still roll back to it from a stale backup, so it
   * moves to `retiring` only when a rotation is settled on NEW, which overwrites or deletes that backup.
   */
  superseded: readonly CertificateId[]
  /** Given to the device by hand, and the operators have still to hear that a rotation started from it. */
  unannounced: CertificateId | undefined
  /**
   * The executions whose end is dealt with: the operators know it, or there is nothing that they must know. Oldest
   * first, of a thing's last ones only; so a late copy of an end, or the deletion of an old job, is no news.
   */
  told: readonly ExecutionId[]
  madeBy: 'v1' | 'v2'
}

/**
 * Digests are SHA-256 in lower-case hexadecimal: of the subject (DER Name) that OLD and NEW share, and of both public keys
 * (SPKI). The ends of both validities are milliseconds since 1970.
 */
export interface RecordedIdentities {
  oldSubject: string
  oldKeyDigest: string
  newKeyDigest: string
  oldNotAfterMs: number
  newNotAfterMs: number
}

export const noRecord: NoRecord = { progress: 'none', toldOf: [] }

/** What is remembered where nothing is known but certificates. */
export const nothingRemembered: Omit<Remembered, 'madeBy'> = {
  execution: undefined,
  csrDigest: undefined,
  identities: undefined,
  turn: 0,
  retiring: [],
  superseded: [],
  unannounced: undefined,
  told: [],
}

export const isOpen = (record: RotationRecord): record is OpenRecord =>
  record.progress !== 'none' && record.progress !== 'settled'

/** Every certificate that the record knows; any other is never deleted. */
export function knownCertificates(record: RotationRecord): CertificateId[] {
  if (record.progress === 'none') return []
  const { oldCertificateId, newCertificateId, keep, retiring, superseded } = record
  const all = [oldCertificateId, newCertificateId, keep, ...retiring, ...superseded]
  return [...new Set(all)].filter(id => id !== undefined)
}

/** What is known of a certificate without asking AWS IoT. */
export function identityOf(
  record: RotationRecord,
  id: CertificateId,
): { subjectDigest: string; keyDigest: string; notAfterMs: number } | undefined {
  if (record.progress === 'none' || record.identities === undefined) return undefined
  const {
    oldSubject: subjectDigest,
    oldKeyDigest,
    newKeyDigest,
    oldNotAfterMs,
    newNotAfterMs,
  } = record.identities
  if (id === record.oldCertificateId)
    return { subjectDigest, keyDigest: oldKeyDigest, notAfterMs: oldNotAfterMs }
  if (id === record.newCertificateId)
    return { subjectDigest, keyDigest: newKeyDigest, notAfterMs: newNotAfterMs }
  return undefined
}
