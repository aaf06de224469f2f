import type { Held, HeldCertificate, Holdings } from './holdings.ts'
import type { Labels } from './labels.ts'
import type { RotationNote } from './rotation-note.ts'

const backupByte = '02'

/** Version 1 makes its ids from that of the pair in use. @param base an empty one is nobody's */
const isDerived = (base: string, byte: string, id: string): boolean => base !== '' && id === `${base}${byte}`

/** @param base CKA_ID of the pair in use */
export const isBackupOf = (base: string, { label, id }: Held, { versionOneBackup }: Labels): boolean =>
  label === versionOneBackup && isDerived(base, backupByte, id)

/** Tells what version 1 derives from what is in use, or was when a rotation of its own was taken over. */
export function derivedFrom(
  helds: readonly Held[],
  note: RotationNote | undefined,
  labels: Labels,
): (held: Held) => boolean {
  const bases = helds.filter(({ label }) => label === labels.current).map(({ id }) => id)
  if (note !== undefined && note.newCertificateId !== null) bases.push(note.newId)
  return held =>
    bases.some(
      base =>
        isBackupOf(base, held, labels) || (held.label === labels.pending && isDerived(base, '01', held.id)),
    )
}

/**
 * Version 1's backup of OLD where its rollback has destroyed NEW's certificate, or also NEW's key, and put nothing there
 * yet. As nothing is left to derive its id from, all else must be as version 1 leaves it: one pair, no public key
 * with it, and under the current label at most a key that belongs to no certificate and has the id to derive from.
 */
export function backupAlone(
  { certificates, keys, publicKeys, note }: Holdings,
  labels: Labels,
): HeldCertificate | undefined {
  const isBackup = ({ label }: Held): boolean => label === labels.versionOneBackup
  const [certificate, ...otherCertificates] = certificates.filter(isBackup)
  const [key, ...otherKeys] = keys.filter(isBackup)
  if (certificate === undefined || otherCertificates.length > 0 || otherKeys.length > 0) return undefined
  const base = baseOf(certificate.id)
  const isOfOld = note === undefined || note.oldCertificateId === certificate.certificateId
  const isWhole = key?.id === certificate.id && key.proves.includes(certificate.certificateId)
  const isAlone =
    !publicKeys.some(isBackup) &&
    !certificates.some(({ label }) => label === labels.current) &&
    keys.every(({ label, id, proves }) => label !== labels.current || (id === base && proves.length === 0))
  return isOfOld && isWhole && isAlone && isBackupOf(base, certificate, labels) ? certificate : undefined
}

/** What version 1 has derived the id of its backup from. */
export const baseOf = (backupId: string): string => backupId.slice(0, -backupByte.length)
