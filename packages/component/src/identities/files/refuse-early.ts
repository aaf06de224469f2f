import { dirname } from 'node:path'
import type { DeviceFailureCode } from '@rotator/protocol/failure-codes'
import type { IdentityPaths, Inspection } from '../../keys/inspect-identity.ts'
import type { FileSystem } from './file-system.ts'

/** Two identities, the journal, and room for the nucleus to go on. */
const spaceNeededBytes = 1024 * 1024

/** What would make a rotation fail later is refused before anything is made. */
export function refuseEarly(
  fs: FileSystem,
  paths: IdentityPaths,
  inspection: Inspection,
): { code: DeviceFailureCode; reason: string } | undefined {
  if (!inspection.ok) return { code: 'IDENTITY_UNUSABLE', reason: inspection.problem }
  const folder = dirname(fs.resolve(paths.certificatePath))
  const free = fs.freeBytes(folder)
  if (free >= spaceNeededBytes) return undefined
  return {
    code: 'STORAGE_FAILED',
    reason: `Only ${free} bytes are free in ${folder}, and a rotation needs ${spaceNeededBytes}. Free some space, then create a new job.`,
  }
}
