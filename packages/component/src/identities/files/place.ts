import { join } from 'node:path'
import type { CertificateId } from '@rotator/protocol/ids'
import { certificateId, firstCertificate } from '@rotator/protocol/x509/certificate'
import type { Placement } from '@rotator/rotation/device/effects'
import type { IdentityPaths } from '../../keys/inspect-identity.ts'
import { StoreError } from '../identity-store.ts'
import { adopt, becomeGeneration, type KeptOwnership, keptOwnership, linkOrCopy } from './adopt.ts'
import { type Anchors, findAnchors } from './anchors.ts'
import { copyOut } from './copies.ts'
import type { FileSystem, Ownership } from './file-system.ts'
import { type Generation, linkedGeneration, listGenerations, pointCurrentTo } from './generations.ts'
import { fileNames } from './layout.ts'
import type { OnFiles } from './on-files.ts'
import { generationOwnership } from './ownership.ts'

/**
 * Makes a stored identity the one that the nucleus reads.
 *
 * Everything is found by the certificate's id, so that a second call finishes what a cut left of the first.
 */
export async function placeGeneration(options: OnFiles, placement: Placement): Promise<void> {
  const { fs, tasks, paths } = options
  const configured = await tasks.inspectIdentity(paths)
  if (configured.ok) refuseByHand(configured.certificateId, placement)
  const target = await findTarget(options, placement.current)
  if (target === undefined) {
    if (configured.ok && configured.certificateId === placement.current) return
    throw new StoreError(
      'IDENTITY_LOST',
      `The identity of certificate ${placement.current} is not stored any more. Create a new job to make another.`,
    )
  }
  if (configured.ok) {
    const way = adopt(fs, paths)
    const anchors = findAnchors(fs, paths)
    own(fs, anchors, target, keptOwnership(fs, paths))
    pointCurrentTo(fs, anchors.layout, target)
    if (way === 'copies') copyOut(fs, anchors, target)
    return
  }
  force(fs, paths, target)
}

function refuseByHand(found: CertificateId, placement: Placement): void {
  if (found === placement.current || found === placement.previous) return
  throw new StoreError(
    'INSTALL_FAILED',
    `Somebody put another identity in place (certificate ${found}); it is left alone. Create a new job to rotate it.`,
    { lookAgain: true },
  )
}

/** The target, proven to be a certificate with its own key before anything is switched to it. */
async function findTarget({ fs, tasks, paths }: OnFiles, id: CertificateId): Promise<Generation | undefined> {
  const anchors = findAnchors(fs, paths)
  const { layout } = anchors
  const target =
    listGenerations(fs, layout).findLast(({ certificateId }) => certificateId === id) ??
    generationFromPending(fs, anchors, id)
  if (target === undefined) return undefined
  const inspection = await tasks.inspectIdentity(target)
  if (inspection.ok) return target
  throw new StoreError(inspection.isUnknown ? 'STORAGE_FAILED' : 'IDENTITY_LOST', inspection.problem)
}

function generationFromPending(fs: FileSystem, anchors: Anchors, id: CertificateId): Generation | undefined {
  const { pending } = anchors.layout
  const path = join(pending, fileNames.certificate)
  if (fs.look(path) === undefined || fs.look(join(pending, fileNames.privateKey)) === undefined)
    return undefined
  const block = firstCertificate(fs.read(path).toString())
  if (block === undefined || certificateId(block.der) !== id) return undefined
  return becomeGeneration(fs, anchors, pending)
}

function own(fs: FileSystem, anchors: Anchors, target: Generation, kept: KeptOwnership): void {
  give(fs, target.certificatePath, kept.certificate)
  give(fs, target.keyPath, kept.key)
  give(fs, target.folder, generationOwnership(fs, anchors, kept.key))
}

function give(fs: FileSystem, path: string, { mode, uid, gid }: Ownership): void {
  const has = fs.look(path)
  if (has?.mode !== mode || has.uid !== uid || has.gid !== gid) fs.own(path, { mode, uid, gid })
  fs.sync(path)
}

/** What is configured is of no use, so there is nothing whose content must not change in between. */
export function force(fs: FileSystem, paths: IdentityPaths, target: Generation): void {
  const anchors = findAnchors(fs, paths)
  const { layout } = anchors
  const like = linkedGeneration(fs, layout) ?? target
  own(fs, anchors, target, keptOwnership(fs, like))
  pointCurrentTo(fs, layout, target)
  if (linkOrCopy(fs, anchors, target) === 'copies') copyOut(fs, anchors, target)
}
