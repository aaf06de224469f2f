import { dirname } from 'node:path'
import type { Anchors } from './anchors.ts'
import { entryAt, type FileSystem, type Ownership } from './file-system.ts'

/** Nobody but its owner may put other files into one of our folders. */
const writableByOwnerOnly = 0o755
const groupAndOthers = 0o077
const others = 0o007
const othersMayEnter = 0o001

const ownershipOf = (fs: FileSystem, path: string): Ownership => {
  const { mode, uid, gid } = entryAt(fs, path)
  return { mode: mode & writableByOwnerOnly, uid, gid }
}

/** Whoever reaches the configured certificate reaches the folder of the generations. */
export const identitiesOwnership = (fs: FileSystem, anchors: Anchors): Ownership =>
  ownershipOf(fs, dirname(anchors.layout.identities))

/**
 * Who may enter a generation's folder: whoever reaches the certificate, unless the key's file lets more than its
 * owner read it. Then its folder may be what protects it, and a generation's folder protects as much.
 */
export function generationOwnership(fs: FileSystem, anchors: Anchors, key: Ownership): Ownership {
  if ((key.mode & groupAndOthers) === 0) return identitiesOwnership(fs, anchors)
  const folder = ownershipOf(fs, dirname(anchors.key.path))
  return mayOthersReach(fs, dirname(anchors.key.path)) ? folder : { ...folder, mode: folder.mode & ~others }
}

function mayOthersReach(fs: FileSystem, folder: string): boolean {
  if (folder === dirname(folder)) return true
  const { mode } = entryAt(fs, folder)
  return (mode & othersMayEnter) !== 0 && mayOthersReach(fs, dirname(folder))
}
