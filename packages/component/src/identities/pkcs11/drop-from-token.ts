import type { Holdings } from './holdings.ts'
import { findAll } from './holdings.ts'
import { type Labels, slotLabels } from './labels.ts'
import { forgetRotation } from './pending-in-token.ts'
import type { ObjectHandle, TokenSession } from './token.ts'
import { settled } from './token-failure.ts'

/**
 * Destroys everything in the slots but the pair under the current label, which has just been proven. The note goes last,
 * so that a cut leaves nothing that nobody can explain.
 */
export async function dropFromToken(
  session: TokenSession,
  labels: Labels,
  { keys, certificates }: Holdings,
): Promise<void> {
  const isOther = ({ label }: { label: string }): boolean => label !== labels.current
  const [kept, otherKeys] = [keys.filter(key => !isOther(key)), keys.filter(isOther)]
  const keptIds = new Set(kept.map(({ id }) => id))
  const droppedIds = new Set(otherKeys.map(({ id }) => id).filter(id => !keptIds.has(id)))
  const publicKeys = await findAll(session, 'public-key', slotLabels(labels))
  // The public half of the key that was provisioned is still where that key was.
  const isOrphan = (held: { label: string; id: string }): boolean => isOther(held) || droppedIds.has(held.id)
  // First, since it is known by the private one.
  const doomed = [...publicKeys.filter(isOrphan), ...otherKeys, ...certificates.filter(isOther)]
  for (const { handle } of doomed) await destroy(session, handle)
  await forgetRotation(session, labels)
}

async function destroy(session: TokenSession, handle: ObjectHandle): Promise<void> {
  settled('remove an object', await session.destroy(handle))
}
