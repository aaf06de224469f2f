import type { Held, HeldCertificate, HeldKey, Holdings } from './holdings.ts'
import type { Labels } from './labels.ts'
import { isMadeId } from './made-id.ts'
import { isNewOf, isOldOf, isWhereItNames } from './named-by-note.ts'
import { backupAlone, derivedFrom } from './version-one-objects.ts'

type HeldObject = HeldCertificate | HeldKey

/**
 * Tells objects that a rotation has put beside the pair in use from those of somebody else, who may use the same labels,
 * ids, and even the same keys: only the former are ever moved or destroyed.
 *
 * A rotation explains what its note names, by label, id and certificate; what has an id of our making, which a cut has left
 * without a note; and what version 1 derives from the pair in use.
 */
export function explainedBy(holdings: Holdings, labels: Labels): (held: HeldObject) => boolean {
  const { certificates, keys, note } = holdings
  const isOfVersionOne = derivedFrom([...certificates, ...keys], note, labels)
  const isLeftBehind = leftBehind(holdings, labels)
  const backup = backupAlone(holdings, labels)
  return held =>
    (isWhereItNames(note, held, labels) && (isOldOf(note, held) || isNewOf(note, held))) ||
    isLeftBehind(held) ||
    isOfVersionOne(held) ||
    (held.label === labels.versionOneBackup && held.id === backup?.id)
}

/** A cut leaves a key without a certificate, or the other way round; a whole pair that no note names is somebody's copy. */
function leftBehind(
  { certificates, keys }: Holdings,
  { pending, previous }: Labels,
): (held: Held) => boolean {
  const isWhole = ({ id, certificateId }: HeldCertificate): boolean =>
    keys.some(key => key.id === id && key.proves.includes(certificateId))
  const whole = new Set(certificates.filter(isWhole).map(({ id }) => id))
  return ({ label, id }) => (label === pending || label === previous) && isMadeId(id) && !whole.has(id)
}

/**
 * Tells objects that an identity in use, or in a rotation, may need from others: what cannot be learnt of the latter now
 * does not matter.
 *
 * @param helds all that there is
 */
export function neededBy(
  helds: readonly Held[],
  note: Holdings['note'],
  labels: Labels,
): (held: Held) => boolean {
  const isOfVersionOne = derivedFrom(helds, note, labels)
  return held => held.label === labels.current || isWhereItNames(note, held, labels) || isOfVersionOne(held)
}

/** What lies in the slots beside the current one, and is no rotation's. */
export function strangers(holdings: Holdings, labels: Labels): HeldObject[] {
  const isExplained = explainedBy(holdings, labels)
  return [...holdings.keys, ...holdings.certificates].filter(
    held => held.label !== labels.current && !isExplained(held),
  )
}

/**
 * A key under the current label that belongs to no certificate there nor of a rotation: somebody has put it there, and its
 * certificate is to follow. Version 1 also leaves one, for a moment of its rollback: NEW's, beside its backup of OLD.
 */
export function strangeKey(holdings: Holdings, labels: Labels): HeldKey | undefined {
  const isExplained = explainedBy(holdings, labels)
  const known = holdings.certificates
    .filter(held => held.label === labels.current || isExplained(held))
    .map(({ certificateId }) => certificateId)
  if (backupAlone(holdings, labels) !== undefined) return undefined
  return holdings.keys.find(
    ({ label, proves }) => label === labels.current && !proves.some(one => known.includes(one)),
  )
}
