import { join } from 'node:path'
import { certificateId, firstCertificate } from '@rotator/protocol/x509/certificate'
import type { Slot } from '@rotator/rotation/device/effects'
import type { IdentityPaths } from '../../keys/inspect-identity.ts'
import { findAnchors } from './anchors.ts'
import type { FileSystem } from './file-system.ts'
import { listGenerations } from './generations.ts'
import { fileNames } from './layout.ts'

/** Where the certificate and the key of a slot lie. @returns undefined where the slot has no complete identity. */
export function slotFiles(fs: FileSystem, paths: IdentityPaths, slot: Slot): IdentityPaths | undefined {
  if (slot === 'current') return paths
  const { layout } = findAnchors(fs, paths)
  if (slot === 'pending') {
    const certificatePath = join(layout.pending, fileNames.certificate)
    const keyPath = join(layout.pending, fileNames.privateKey)
    const isWhole = [certificatePath, keyPath].every(path => fs.look(path) !== undefined)
    return isWhole ? { certificatePath, keyPath } : undefined
  }
  const block = firstCertificate(fs.read(paths.certificatePath).toString())
  const current = block && certificateId(block.der)
  return listGenerations(fs, layout).findLast(generation => generation.certificateId !== current)
}
