import type { IdentityPaths } from '../../keys/inspect-identity.ts'
import { adopt } from './adopt.ts'
import { findAnchors } from './anchors.ts'
import { copyOut, holdUnknownBytes, intendedCopy } from './copies.ts'
import { fileErrorCode } from './file-system.ts'
import type { OnFiles } from './on-files.ts'

export const replacedByHand = ({ certificatePath }: IdentityPaths): string =>
  `Certificate and key ${certificatePath} were replaced by hand; they are kept.`

/**
 * Completes a copy that a cut left torn. A complete identity that no generation has is somebody's own work:
 * it is respected and becomes a generation.
 *
 * @returns a remark for the log where there was something to do.
 */
export async function repairCopies({ fs, tasks, paths }: OnFiles): Promise<string | undefined> {
  try {
    const anchors = findAnchors(fs, paths)
    const intended = intendedCopy(fs, anchors)
    if (intended === undefined) return undefined
    if (holdUnknownBytes(fs, paths) && (await tasks.inspectIdentity(paths)).ok) {
      adopt(fs, paths)
      return replacedByHand(paths)
    }
    const isTorn = !fs.read(paths.certificatePath).equals(fs.read(intended.certificatePath))
    const isKeyTorn = !fs.read(paths.keyPath).equals(fs.read(intended.keyPath))
    if (!isTorn && !isKeyTorn) return undefined
    copyOut(fs, anchors, intended)
    return `Certificate and key ${paths.certificatePath} were incomplete and are complete again.`
  } catch (error) {
    const code = fileErrorCode(error)
    if (code === 'UNKNOWN') throw error
    return `Certificate and key ${paths.certificatePath} could not be looked at or completed (${code}); trying again at the next start.`
  }
}
