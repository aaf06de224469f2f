import { explainedBy } from './explained.ts'
import type { Held, Holdings } from './holdings.ts'
import type { Labels } from './labels.ts'
import { forgetRotation } from './pending-in-token.ts'
import type { TokenSession } from './token.ts'
import { isImpossible, settled } from './token-failure.ts'

/**
 * Destroys what rotations have put into the slots, but for the pair under the current label, which has just been proven.
 * What somebody else has put there stays. The note goes last, so that a cut leaves nothing that nobody can explain.
 *
 * What the token never lets be destroyed is left: to wait for it would keep the device from every other job.
 *
 * @param isLastTry so is what it does not let be destroyed now, as long as it destroys the note
 * @returns what is left
 */
export async function dropFromToken(
  session: TokenSession,
  labels: Labels,
  holdings: Holdings,
  isLastTry = false,
): Promise<Held[]> {
  const isExplained = explainedBy(holdings, labels)
  const isCurrent = ({ label }: { label: string }): boolean => label === labels.current
  const doomedKeys = holdings.keys.filter(held => !isCurrent(held) && isExplained(held))
  const doomedCertificates = holdings.certificates.filter(held => !isCurrent(held) && isExplained(held))
  const keptIds = new Set(holdings.keys.filter(isCurrent).map(({ id }) => id))
  const doomedIds = new Set(doomedKeys.map(({ id }) => id).filter(id => !keptIds.has(id)))
  // The public half of the key that was provisioned is still where that key was; elsewhere its id says nothing.
  const publicKeys = holdings.publicKeys.filter(held =>
    isCurrent(held) ? doomedIds.has(held.id) : isExplained({ ...held, proves: [] }),
  )
  // First, since it is known by the private one.
  const left: Held[] = []
  for (const held of [...publicKeys, ...doomedKeys, ...doomedCertificates]) {
    const destroyed = await session.destroy(held.handle)
    if (!destroyed.ok && (isLastTry || isImpossible(destroyed.ckr))) left.push(held)
    else settled('remove an object', destroyed)
  }
  await forgetRotation(session, labels)
  return left
}
