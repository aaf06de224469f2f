import { join } from 'node:path'
import type { IdentityPaths } from '../../keys/inspect-identity.ts'
import { findAnchors } from './anchors.ts'
import { removeFolderOfFiles, removeSuccessor } from './durable.ts'
import type { FileSystem } from './file-system.ts'
import { generationFolders, linkedGeneration } from './generations.ts'

/** Removes every stored identity but the one in use, and what cuts left behind. */
export function dropOthers(fs: FileSystem, paths: IdentityPaths): void {
  const { certificate, key, layout } = findAnchors(fs, paths)
  const used = linkedGeneration(fs, layout)
  // By their names: a cut in the middle of this leaves folders that are no whole generation any more.
  for (const folder of generationFolders(fs, layout)) {
    if (folder !== used?.folder) removeFolderOfFiles(fs, folder)
  }
  removeFolderOfFiles(fs, layout.pending)
  removeFolderOfFiles(fs, join(layout.identities, 'adopting'))
  removeSuccessor(fs, certificate.path)
  removeSuccessor(fs, key.path)
}
