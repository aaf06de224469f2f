import { join } from 'node:path'
import type { IdentityPaths } from '../../keys/inspect-identity.ts'
import { type Anchor, type Anchors, findAnchors } from './anchors.ts'
import { createDurably, ensureFolder, removeFolderOfFiles, replaceByFile, replaceByLink } from './durable.ts'
import { entryAt, type FileSystem, fileErrorCode, type Ownership } from './file-system.ts'
import {
  describeGeneration,
  type Generation,
  linkedGeneration,
  listGenerations,
  nextFolder,
  pointCurrentTo,
} from './generations.ts'
import { fileNames } from './layout.ts'
import { generationOwnership, identitiesOwnership } from './ownership.ts'
import { processOwner } from './process-owner.ts'

/** How the configured paths follow the generation in use. */
export type Way = 'links' | 'copies'

/** Errors that say that a name, not a whole disk, cannot be replaced. */
const irreplaceable = ['EBUSY', 'EXDEV', 'EROFS', 'EPERM', 'EACCES']

/**
 * Brings what is configured under the one link, while certificate and key keep their content at every moment.
 *
 * @returns `copies` where the configured paths cannot be replaced by links but their bytes can be written over.
 * @throws the file error where neither can be done; everything is then as it was.
 */
export function adopt(fs: FileSystem, paths: IdentityPaths): Way {
  const anchors = findAnchors(fs, paths)
  const { certificate, key, layout } = anchors
  if (certificate.isOurs && key.isOurs && linkedGeneration(fs, layout) !== undefined) return 'links'
  const generation = generationOfConfigured(fs, anchors, paths)
  pointCurrentTo(fs, layout, generation)
  return linkOrCopy(fs, anchors, generation)
}

/** Has the configured paths follow the one link, or marks that they are to be copies, which the caller then makes. */
export function linkOrCopy(fs: FileSystem, anchors: Anchors, generation: Generation): Way {
  const { certificate, key, layout } = anchors
  try {
    linkBoth(fs, anchors, generation)
    if (fs.look(layout.copiesMark) !== undefined) fs.removeFile(layout.copiesMark)
    return 'links'
  } catch (error) {
    const canCopy =
      irreplaceable.includes(fileErrorCode(error)) && fs.canWrite(certificate.path) && fs.canWrite(key.path)
    if (!canCopy) throw error
    createDurably(fs, layout.copiesMark, Buffer.alloc(0), { mode: 0o644, ...processOwner })
    fs.sync(layout.identities)
    return 'copies'
  }
}

/** Puts what the configured paths hold, as it is, into a generation; one that already holds it serves. */
function generationOfConfigured(fs: FileSystem, anchors: Anchors, paths: IdentityPaths): Generation {
  const certificate = fs.read(paths.certificatePath)
  const key = fs.read(paths.keyPath)
  const holds = (generation: Generation): boolean =>
    fs.read(generation.certificatePath).equals(certificate) && fs.read(generation.keyPath).equals(key)
  const known = listGenerations(fs, anchors.layout).find(holds)
  return known ?? makeGeneration(fs, anchors, { certificate, key }, keptOwnership(fs, paths))
}

/** Puts an identity from elsewhere into a folder of its own. @param mark the name of a further, empty file in it */
export function makeGeneration(
  fs: FileSystem,
  anchors: Anchors,
  bytes: { certificate: Buffer; key: Buffer },
  kept: KeptOwnership,
  mark?: string,
): Generation {
  const { layout } = anchors
  ensureFolder(fs, layout.identities, identitiesOwnership(fs, anchors))
  const draft = join(layout.identities, 'adopting')
  removeFolderOfFiles(fs, draft)
  fs.makeFolder(draft, generationOwnership(fs, anchors, kept.key))
  createDurably(fs, join(draft, fileNames.certificate), bytes.certificate, kept.certificate)
  createDurably(fs, join(draft, fileNames.privateKey), bytes.key, kept.key)
  if (mark !== undefined) createDurably(fs, join(draft, mark), Buffer.alloc(0), kept.certificate)
  return becomeGeneration(fs, anchors, draft)
}

/** Gives a folder whose files are durable its number. */
export function becomeGeneration(fs: FileSystem, { layout }: Anchors, draft: string): Generation {
  fs.sync(draft)
  const folder = nextFolder(fs, layout)
  fs.rename(draft, folder)
  fs.sync(layout.identities)
  return describeGeneration(fs, folder)
}

export interface KeptOwnership {
  certificate: Ownership
  key: Ownership
}

/** Owners and modes are those of the files in use at this moment: the nucleus may read them as another user. */
export const keptOwnership = (
  fs: FileSystem,
  { certificatePath, keyPath }: IdentityPaths,
): KeptOwnership => ({
  certificate: ownershipAt(fs, certificatePath),
  key: ownershipAt(fs, keyPath),
})

function ownershipAt(fs: FileSystem, path: string): Ownership {
  const { mode, uid, gid } = entryAt(fs, fs.resolve(path))
  return { mode, uid, gid }
}

function linkBoth(fs: FileSystem, { certificate, key }: Anchors, generation: Generation): void {
  linkOne(fs, key)
  try {
    linkOne(fs, certificate)
  } catch (error) {
    const { mode, uid, gid } = entryAt(fs, generation.keyPath)
    if (!key.isOurs) replaceByFile(fs, key.path, fs.read(generation.keyPath), { mode, uid, gid })
    throw error
  }
}

function linkOne(fs: FileSystem, anchor: Anchor): void {
  if (!anchor.isOurs) replaceByLink(fs, anchor.path, anchor.link)
}
