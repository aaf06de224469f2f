import type { Held, HeldCertificate, HeldKey, Holdings } from './holdings.ts'
import type { Labels } from './labels.ts'
import { isMadeId } from './made-id.ts'
import type { RotationNote } from './rotation-note.ts'

type HeldObject = HeldCertificate | HeldKey

/**
 * Tells objects that a rotation has put into the token from those of somebody else, who may use the same labels: only the
 * former are ever destroyed.
 *
 * A rotation explains what it has made, which shows in the CKA_ID; what its note names; and what version 1 derives from
 * the pair in use: a pending key whose id has the byte 01 more, and a backup whose id has the byte 02 more.
 */
export function explainedBy(
  { certificates, keys, note }: Holdings,
  labels: Labels,
): (held: HeldObject) => boolean {
  const isOfNote = namedBy(note)
  const ofNote = new Set(certificates.filter(isOfNote).map(({ certificateId }) => certificateId))
  const isOfVersionOne = derivedFrom([...certificates, ...keys], labels)
  return held => {
    const belongsTo = 'proves' in held ? held.proves : [held.certificateId]
    return (
      isMadeId(held.id) ||
      held.id === note?.newId ||
      belongsTo.some(certificateId => ofNote.has(certificateId)) ||
      isOfVersionOne(held)
    )
  }
}

const namedBy =
  (note: RotationNote | undefined) =>
  ({ certificateId, id }: HeldCertificate): boolean =>
    certificateId === note?.oldCertificateId || id === note?.newId

/** @param bases what version 1 may have derived an id from */
const derivedFrom =
  (bases: readonly Held[], labels: Labels) =>
  ({ label, id }: Held): boolean =>
    (label === labels.pending && bases.some(base => id === `${base.id}01`)) ||
    (label === labels.versionOneBackup && bases.some(base => id === `${base.id}02`))

/**
 * Tells keys that an identity in use, or in a rotation, may need from others: what cannot be learnt of the latter now does
 * not matter.
 */
export function neededBy(
  { certificates, note }: Pick<Holdings, 'certificates' | 'note'>,
  labels: Labels,
): (key: Held) => boolean {
  const isOfNote = namedBy(note)
  const isOfVersionOne = derivedFrom(certificates, labels)
  const ids = certificates.filter(held => held.label === labels.current || isOfNote(held)).map(({ id }) => id)
  return key =>
    key.label === labels.current || key.id === note?.newId || ids.includes(key.id) || isOfVersionOne(key)
}

/** What lies in the slots beside the current one, and is no rotation's. */
export function strangers(holdings: Holdings, labels: Labels): HeldObject[] {
  const isExplained = explainedBy(holdings, labels)
  return [...holdings.keys, ...holdings.certificates].filter(
    held => held.label !== labels.current && !isExplained(held),
  )
}

/**
 * A key under the current label that belongs to no certificate in the token: somebody has put it there, and its
 * certificate is to follow. Version 1 also leaves one, for a moment of its rollback: NEW's, beside its backup of OLD.
 */
export function strangeKey({ keys, certificates }: Holdings, labels: Labels): HeldKey | undefined {
  const isOfVersionOne = ({ id }: HeldKey): boolean =>
    certificates.some(held => held.label === labels.versionOneBackup && held.id === `${id}02`)
  return keys.find(key => key.label === labels.current && key.proves.length === 0 && !isOfVersionOne(key))
}
