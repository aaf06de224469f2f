import type { IdentityPaths } from '../../keys/inspect-identity.ts'
import { type Anchor, type Anchors, findAnchors } from './anchors.ts'
import type { FileSystem } from './file-system.ts'
import { type Generation, linkedGeneration, listGenerations } from './generations.ts'

/**
 * Where links cannot serve (read-only folders, bind mounts, Windows) the configured files are copies of the
 * generation that the one link names. The link is written first: it is the intention that a start completes.
 */
export function copyOut(fs: FileSystem, anchors: Anchors, generation: Generation): void {
  copyOne(fs, anchors.certificate, generation.certificatePath)
  copyOne(fs, anchors.key, generation.keyPath)
}

function copyOne(fs: FileSystem, anchor: Anchor, from: string): void {
  if (anchor.isOurs) return
  const bytes = fs.read(from)
  if (!fs.read(anchor.path).equals(bytes)) fs.overwrite(anchor.path, bytes)
  fs.sync(anchor.path)
}

/** Whether the configured paths hold bytes that no generation has: a torn copy, or somebody's own work. */
export function holdUnknownBytes(fs: FileSystem, paths: IdentityPaths): boolean {
  const { layout } = findAnchors(fs, paths)
  const generations = listGenerations(fs, layout)
  const certificate = fs.read(paths.certificatePath)
  const key = fs.read(paths.keyPath)
  return (
    !generations.some(({ certificatePath }) => fs.read(certificatePath).equals(certificate)) ||
    !generations.some(({ keyPath }) => fs.read(keyPath).equals(key))
  )
}

/** Whether the way is by copies, and which generation the copies are to be of. */
export function intendedCopy(fs: FileSystem, anchors: Anchors): Generation | undefined {
  if (fs.look(anchors.layout.copiesMark) === undefined) return undefined
  return linkedGeneration(fs, anchors.layout)
}
