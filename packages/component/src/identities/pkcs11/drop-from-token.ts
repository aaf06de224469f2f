import { explainedBy } from './explained.ts'
import type { Holdings } from './holdings.ts'
import { type Labels, slotLabels } from './labels.ts'
import { forgetRotation } from './pending-in-token.ts'
import { findAll } from './read-holdings.ts'
import type { TokenSession } from './token.ts'
import { settled } from './token-failure.ts'

/**
 * Destroys what rotations have put into the slots, but for the pair under the current label, which has just been proven.
 * What somebody else has put there stays. The note goes last, so that a cut leaves nothing that nobody can explain.
 */
export async function dropFromToken(
  session: TokenSession,
  labels: Labels,
  holdings: Holdings,
): Promise<void> {
  const isExplained = explainedBy(holdings, labels)
  const isCurrent = ({ label }: { label: string }): boolean => label === labels.current
  const doomedKeys = holdings.keys.filter(held => !isCurrent(held) && isExplained(held))
  const doomedCertificates = holdings.certificates.filter(held => !isCurrent(held) && isExplained(held))
  const keptIds = new Set(holdings.keys.filter(isCurrent).map(({ id }) => id))
  const doomedIds = new Set(doomedKeys.map(({ id }) => id).filter(id => !keptIds.has(id)))
  // The public half of the key that was provisioned is still where that key was.
  const publicKeys = (await findAll(session, 'public-key', slotLabels(labels))).filter(
    held => doomedIds.has(held.id) || (!isCurrent(held) && isExplained({ ...held, proves: [] })),
  )
  // First, since it is known by the private one.
  for (const { handle } of [...publicKeys, ...doomedKeys, ...doomedCertificates]) {
    settled('remove an object', await session.destroy(handle))
  }
  await forgetRotation(session, labels)
}
