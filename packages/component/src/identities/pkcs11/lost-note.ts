import type { Placement } from '@rotator/rotation/device/effects'
import type { CertificateFacts } from '../../keys/identity-facts.ts'
import type { HeldCertificate, Holdings } from './holdings.ts'
import type { Labels } from './labels.ts'
import { isMadeId } from './made-id.ts'
import { encodeNote, type RotationNote } from './rotation-note.ts'
import type { TokenSession } from './token.ts'
import { settled } from './token-failure.ts'

/**
 * Makes the note of a rotation anew where it is gone: somebody has removed it, or a backup that was played into the token
 * had none. Everything else is then as if it had never been away.
 *
 * The two identities of a switch are named by the journal, so a pair that is one of them is no stranger's. They must lie as a
 * switch leaves them: the one under the current label, if only its certificate, and the other whole under the previous one.
 */
export async function noteAnew(
  session: TokenSession,
  labels: Labels,
  holdings: Holdings,
  placement: Placement,
): Promise<void> {
  const note = holdings.note === undefined ? noteFor(holdings, labels, placement) : undefined
  if (note === undefined) return
  settled('store what the rotation is for', await session.createData(labels.note, encodeNote(note)))
}

type Readable = HeldCertificate & { facts: CertificateFacts }

function noteFor(
  { certificates, keys }: Holdings,
  labels: Labels,
  { current, previous }: Placement,
): RotationNote | undefined {
  const isWhole = ({ label, id, certificateId }: HeldCertificate): boolean =>
    keys.some(key => key.label === label && key.id === id && key.proves.includes(certificateId))
  const isPlaced = (held: HeldCertificate): held is Readable =>
    held.facts !== undefined &&
    (held.label === labels.current || (held.label === labels.previous && isWhole(held)))
  const placed = certificates.filter(isPlaced)
  const one = placed.find(({ certificateId }) => certificateId === current)
  const other = placed.find(({ certificateId }) => certificateId === previous)
  if (one === undefined || other === undefined) return undefined
  return isLater(one, other) ? noteOf(one, other) : noteOf(other, one)
}

/**
 * Which one is NEW: that of an id of our making, as nobody else gives those, else the one issued later. The journal knows
 * better, and only a device that has lost that one too goes by this.
 */
const isLater = (one: Readable, other: Readable): boolean =>
  isMadeId(one.id) === isMadeId(other.id) ? one.facts.notBefore > other.facts.notBefore : isMadeId(one.id)

const noteOf = (made: HeldCertificate, old: HeldCertificate): RotationNote => ({
  newId: made.id,
  newCertificateId: isMadeId(made.id) ? null : made.certificateId,
  oldId: old.id,
  oldCertificateId: old.certificateId,
  execution: null,
  csr: null,
})
