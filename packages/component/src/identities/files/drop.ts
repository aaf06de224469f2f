import { join } from 'node:path'
import type { IdentityPaths } from '../../keys/inspect-identity.ts'
import { findAnchors } from './anchors.ts'
import { removeFolderOfFiles, removeSuccessor } from './durable.ts'
import type { FileSystem } from './file-system.ts'
import { generationFolders, linkedGeneration } from './generations.ts'
import { fileNames } from './layout.ts'

/** Removes every stored identity but the one in use, and what cuts left behind. */
export function dropOthers(fs: FileSystem, paths: IdentityPaths): void {
  const { certificate, key, layout } = findAnchors(fs, paths)
  const used = linkedGeneration(fs, layout)
  // By their names: a cut in the middle of this leaves folders that are no whole generation any more.
  for (const folder of generationFolders(fs, layout)) {
    if (folder === used?.folder) forgetOrigin(fs, folder)
    else removeFolderOfFiles(fs, folder)
  }
  removeFolderOfFiles(fs, layout.pending)
  removeFolderOfFiles(fs, join(layout.identities, 'adopting'))
  removeSuccessor(fs, certificate.path)
  removeSuccessor(fs, key.path)
}

/** Its rotation is over, so from now on another identity in place is somebody's own work. */
function forgetOrigin(fs: FileSystem, folder: string): void {
  const mark = join(folder, fileNames.versionOne)
  if (fs.look(mark) === undefined) return
  fs.removeFile(mark)
  fs.sync(folder)
}
