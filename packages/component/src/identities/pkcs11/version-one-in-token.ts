import type { Held, HeldCertificate } from './holdings.ts'
import type { Labels } from './labels.ts'
import { forgetRotation } from './pending-in-token.ts'
import type { Look } from './place-in-token.ts'
import { encodeNote } from './rotation-note.ts'
import type { TokenSession } from './token.ts'
import { settled } from './token-failure.ts'

/**
 * Takes over what a version 1 component left in the middle of its rotation: OLD, in a slot of its own, beside NEW. It
 * becomes the rotation of the note. Copies of what is in use, from before its switch, are removed.
 *
 * What it had switched by halves has been repaired before.
 *
 * @returns whether there was something to take over
 */
export async function adoptVersionOne(
  session: TokenSession,
  labels: Labels,
  { holdings: { certificates, keys, note }, pair }: Look,
): Promise<boolean> {
  if (!pair.ok) return false
  const { certificateId, id } = pair.certificate
  const isBackup = (held: Held): boolean => held.label === labels.versionOneBackup && held.id === `${id}02`
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
  if (old === undefined || note?.oldCertificateId === old.certificateId) return false
  await forgetRotation(session, labels)
  const adopted = { newId: id, oldCertificateId: old.certificateId, execution: null, csr: null }
  settled('store what the rotation is for', await session.createData(labels.note, encodeNote(adopted)))
  return true
}
