import type { CertificateId } from '@rotator/protocol/ids'
import { csrDigest } from '@rotator/protocol/x509/csr'
import { type FoundIdentities, nothingFound } from '../identity-store.ts'
import { explainedBy } from './explained.ts'
import type { HeldCertificate, Holdings } from './holdings.ts'
import type { Labels } from './labels.ts'
import { isNewOf } from './named-by-note.ts'
import type { Look } from './place-in-token.ts'
import type { RotationNote } from './rotation-note.ts'

/** What the slots of a token come to. */
export function foundInToken({ holdings, pair }: Look, labels: Labels): FoundIdentities {
  const { note } = holdings
  if (!pair.ok) return { ...nothingFound(pair.problem), pending: pendingDigest(holdings, labels) }
  const { certificateId } = pair.certificate
  const found = { ...nothingFound(undefined), current: certificateId }
  if (note === undefined) return found
  const other = otherOf(holdings, labels, note, certificateId)
  if (isNewOf(note, pair.certificate)) return { ...found, previous: other, execution: note.execution }
  const pending = pendingDigest(holdings, labels)
  if (certificateId !== note.oldCertificateId) {
    // What was in use before somebody put another identity in place is no way back: it may be retired by now.
    return { ...found, pending, remark: other === null ? undefined : replacedByHand(labels) }
  }
  if (other === null) return { ...found, pending }
  return {
    ...found,
    pending,
    previous: other,
    newer: 'previous',
    execution: note.execution,
  }
}

const replacedByHand = ({ current }: Labels): string =>
  `Certificate and key labelled ${current} in the HSM were replaced by hand; they are kept.`

/** The other identity of the rotation, where it lies whole in a slot that a switch puts it in. */
function otherOf(
  holdings: Holdings,
  labels: Labels,
  note: RotationNote,
  current: CertificateId,
): CertificateId | null {
  const isExplained = explainedBy(holdings, labels)
  const isKept = ({ label }: HeldCertificate): boolean =>
    label === labels.previous || label === labels.versionOneBackup
  const isOfNote = (held: HeldCertificate): boolean =>
    held.certificateId === note.oldCertificateId || isNewOf(note, held)
  const isComplete = ({ certificateId }: HeldCertificate): boolean =>
    holdings.keys.some(key => key.proves.includes(certificateId) && isExplained(key))
  const other = holdings.certificates.find(
    held =>
      held.certificateId !== current &&
      isKept(held) &&
      isOfNote(held) &&
      isExplained(held) &&
      isComplete(held),
  )
  return other?.certificateId ?? null
}

/** @returns null where the key of the note's request is not in the pending slot */
export function pendingDigest(holdings: Holdings, labels: Labels): FoundIdentities['pending'] {
  const csr = pendingRequest(holdings, labels)
  return csr === undefined ? null : csrDigest(csr)
}

export function pendingRequest({ keys, note }: Holdings, { pending }: Labels): string | undefined {
  const csr = note?.csr ?? undefined
  const isThere = keys.some(({ label, id }) => label === pending && id === note?.newId)
  return isThere ? csr : undefined
}
