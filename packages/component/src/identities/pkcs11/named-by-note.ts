import type { CertificateId } from '@rotator/protocol/ids'
import type { Held, HeldCertificate, HeldKey } from './holdings.ts'
import type { Labels } from './labels.ts'
import type { RotationNote } from './rotation-note.ts'

/** Whether a note speaks of an object in that slot with that id. Whose it is may be another question. */
export function isWhereItNames(
  note: RotationNote | undefined,
  { label, id }: Held,
  { pending, previous }: Labels,
): note is RotationNote {
  if (note === undefined) return false
  return (
    (id === note.newId && (label === pending || label === previous)) ||
    (id === note.oldId && label === previous)
  )
}

export const isNewOf = (
  { newId, newCertificateId }: RotationNote,
  held: HeldCertificate | HeldKey,
): boolean => held.id === newId && (newCertificateId === null || belongsTo(held, newCertificateId))

export const isOldOf = (
  { oldId, oldCertificateId }: RotationNote,
  held: HeldCertificate | HeldKey,
): boolean => held.id === oldId && belongsTo(held, oldCertificateId)

/** A certificate, or a key that has just signed for it. */
export const belongsTo = (held: HeldCertificate | HeldKey, certificateId: CertificateId): boolean =>
  'proves' in held ? held.proves.includes(certificateId) : held.certificateId === certificateId
