import { StoreError } from '../identity-store.ts'
import type { Held, HeldCertificate, HeldKey } from './holdings.ts'
import type { Labels } from './labels.ts'
import { isNewOf } from './named-by-note.ts'
import { forgetRotation } from './pending-in-token.ts'
import type { Look } from './place-in-token.ts'
import { encodeNote } from './rotation-note.ts'
import type { TokenSession } from './token.ts'
import { settled } from './token-failure.ts'
import { isBackupOf } from './version-one-objects.ts'

/**
 * Takes over what a version 1 component left in the middle of its rotation: OLD, in a slot of its own, beside NEW. It
 * becomes the rotation of the note. Copies of what is in use, from before its switch, are removed.
 *
 * What it had switched by halves has been repaired before.
 *
 * @returns whether there was something to take over
 * @throws StoreError
 */
export async function adoptVersionOne(
  session: TokenSession,
  labels: Labels,
  { holdings: { certificates, keys, note }, pair }: Look,
): Promise<boolean> {
  if (!pair.ok) return false
  const { certificateId, id } = pair.certificate
  const isBackup = (held: Held): boolean => isBackupOf(id, held, labels)
  const copies: Held[] = [
    ...keys.filter(key => isBackup(key) && key.proves.includes(certificateId)),
    ...certificates.filter(held => isBackup(held) && held.certificateId === certificateId),
  ]
  for (const { handle } of copies) settled('remove a copy', await session.destroy(handle))
  const isComplete = (held: HeldCertificate): boolean =>
    keys.some(key => isBackup(key) && key.proves.includes(held.certificateId))
  const old = certificates.find(
    held => isBackup(held) && held.certificateId !== certificateId && isComplete(held),
  )
  if (old === undefined) return false
  // A note of ours that version 1 went past, after a downgrade, has the same OLD, and another NEW.
  if (note?.oldCertificateId === old.certificateId && note.newId === id) return false
  const adopted = {
    newId: id,
    newCertificateId: certificateId,
    oldId: old.id,
    oldCertificateId: old.certificateId,
    execution: null,
    csr: null,
  }
  const isCopyOfNew = (held: HeldCertificate | HeldKey): boolean =>
    held.label === labels.previous && isNewOf(adopted, held)
  if ([...keys, ...certificates].some(isCopyOfNew)) throw twice(labels)
  await forgetRotation(session, labels)
  settled('store what the rotation is for', await session.createData(labels.note, encodeNote(adopted)))
  return true
}

/** Later nobody could tell it from NEW itself. */
const twice = ({ current, previous }: Labels): StoreError =>
  new StoreError(
    'HSM_UNSUITABLE',
    `The HSM holds a copy of what is labelled ${current}, with the same id, labelled ${previous}, which the end of a version 1 rotation needs. Give the copy another label or id, or remove it if nobody needs it.`,
  )
