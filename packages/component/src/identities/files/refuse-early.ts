import { dirname } from 'node:path'
import type { IdentityPaths, Inspection } from '../../keys/inspect-identity.ts'
import { StoreError } from '../identity-store.ts'
import type { FileSystem } from './file-system.ts'

/** Two identities, the journal, and room for the nucleus to go on. */
const spaceNeededBytes = 1024 * 1024

/** No job is done sooner; the backend knows the job's own limit and refuses by that. */
const shortestRotationMs = 5 * 60_000

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

/** The job came over a connection of this certificate: by a clock that has it not valid now, nothing can be judged. */
function refuseNearItsEnd({ notBefore, notAfter }: Extract<Inspection, { ok: true }>, now: number): void {
  const isJudged = notBefore <= now && now < notAfter
  if (!isJudged || notAfter - now >= shortestRotationMs) return
  const end = new Date(notAfter).toISOString()
  throw new StoreError(
    'OLD_EXPIRES_TOO_SOON',
    `The certificate in use ends at ${end}, before a rotation could, so there would be no way back. Give the device a new certificate by hand.`,
  )
}
