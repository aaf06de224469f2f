import { dirname } from 'node:path'
import type { IdentityPaths, Inspection } from '../../keys/inspect-identity.ts'
import { StoreError } from '../identity-store.ts'
import { refuseNearItsEnd } from '../near-end.ts'
import type { FileSystem } from './file-system.ts'

/** Two identities, the journal, and room for the nucleus to go on. */
const spaceNeededBytes = 1024 * 1024

/**
 * What would make a rotation fail later is refused before anything is made.
 *
 * @param now in milliseconds since 1970, from a clock that may be wrong
 */
export function refuseEarly(
  fs: FileSystem,
  paths: IdentityPaths,
  inspection: Inspection,
  now: number,
): asserts inspection is Extract<Inspection, { ok: true }> {
  if (!inspection.ok) throw new StoreError('IDENTITY_UNUSABLE', inspection.problem)
  refuseNearItsEnd(inspection, now)
  const folder = dirname(fs.resolve(paths.certificatePath))
  const free = fs.freeBytes(folder)
  if (free >= spaceNeededBytes) return
  throw new StoreError(
    'STORAGE_FAILED',
    `Only ${free} bytes are free in ${folder}, and a rotation needs ${spaceNeededBytes}. Free some space, then create a new job.`,
  )
}
