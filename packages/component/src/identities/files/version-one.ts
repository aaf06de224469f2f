import { dirname, join } from 'node:path'
import type { IdentityPaths } from '../../keys/inspect-identity.ts'
import { keptOwnership, makeGeneration } from './adopt.ts'
import { findAnchors } from './anchors.ts'
import type { FileSystem } from './file-system.ts'
import { type Generation, listGenerations } from './generations.ts'
import { fileNames } from './layout.ts'
import type { OnFiles } from './on-files.ts'
import { force } from './place.ts'

/**
 * Where a version 1 component keeps copies of OLD from just before it writes NEW over the configured files until the
 * commit was accepted: in the work folder, which it shares with this one by its name.
 */
export const versionOneBackups = (workFolder: string): IdentityPaths => ({
  certificatePath: join(workFolder, 'certificate.bak'),
  keyPath: join(workFolder, 'private_key.bak'),
})

/** Whether a generation is OLD of a rotation that a version 1 component had under way. */
export const isVersionOneBackup = (fs: FileSystem, generation: Generation | undefined): boolean =>
  generation !== undefined && fs.look(join(generation.folder, fileNames.versionOne)) !== undefined

/**
 * Takes over what a version 1 component left in the middle of its rotation. What it had backed up becomes a generation
 * like any other, beside the configured certificate, where removing the component does not take it along; where the
 * configured files were only half written over, OLD is put back, since NEW's key was nowhere else.
 *
 * @returns a remark for the log where there was something to do
 */
export async function adoptVersionOne(options: OnFiles): Promise<string | undefined> {
  const { fs, tasks, paths, backups } = options
  if (backups === undefined || remainsOf(fs, backups).length === 0) return undefined
  const [backup, configured] = [await tasks.inspectIdentity(backups), await tasks.inspectIdentity(paths)]
  if (!backup.ok) {
    // It was still being copied, so nothing had been written over, or already being dropped.
    if (configured.ok) removeBackups(fs, backups)
    return undefined
  }
  if (configured.ok && configured.certificateId === backup.certificateId) {
    removeBackups(fs, backups)
    return undefined
  }
  if (remainsOf(fs, paths).length < 2) return undefined
  const generation = generationOf(fs, paths, backups)
  if (!configured.ok) force(fs, paths, generation)
  removeBackups(fs, backups)
  return configured.ok
    ? 'A version 1 component was replaced in the middle of its rotation, which is now finished.'
    : 'A version 1 component had written only a part of the new certificate and key; the old ones are back.'
}

const remainsOf = (fs: FileSystem, { certificatePath, keyPath }: IdentityPaths): string[] =>
  [certificatePath, keyPath].filter(path => fs.look(path) !== undefined)

function generationOf(fs: FileSystem, paths: IdentityPaths, backups: IdentityPaths): Generation {
  const anchors = findAnchors(fs, paths)
  const bytes = { certificate: fs.read(backups.certificatePath), key: fs.read(backups.keyPath) }
  const known = listGenerations(fs, anchors.layout).find(
    generation => isVersionOneBackup(fs, generation) && fs.read(generation.keyPath).equals(bytes.key),
  )
  return known ?? makeGeneration(fs, anchors, bytes, keptOwnership(fs, paths), fileNames.versionOne)
}

function removeBackups(fs: FileSystem, backups: IdentityPaths): void {
  for (const path of remainsOf(fs, backups)) fs.removeFile(path)
  fs.sync(dirname(backups.keyPath))
}
