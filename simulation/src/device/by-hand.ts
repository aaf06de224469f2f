import { dirname, join } from 'node:path'
import type { SimulatedDisk } from '@rotator/component/testing/simulated-disk'
import { owner } from './simulated-keys.ts'
import { paths, rootFolder, workFolder } from './stored-identities.ts'

export interface IdentityFiles {
  certificatePem: string
  keyPem: string
}

/** What somebody does on the device itself, who has no power cut in the middle of it. */
export function byHand(disk: SimulatedDisk, work: () => void): void {
  const { cuts, failure } = disk
  disk.cuts = undefined
  disk.failure = undefined
  work()
  disk.failure = failure
  disk.cuts = cuts
}

function replace(disk: SimulatedDisk, path: string, text: string): void {
  if (disk.look(path) !== undefined) disk.removeFile(path)
  disk.create(path, Buffer.from(text), { mode: 0o600, ...owner })
  disk.sync(path)
  disk.sync(dirname(path))
}

/** Puts an identity where the nucleus looks for it, as plain files. */
export function putIdentity(disk: SimulatedDisk, identity: IdentityFiles): void {
  byHand(disk, () => {
    replace(disk, paths.certificatePath, identity.certificatePem)
    replace(disk, paths.keyPath, identity.keyPem)
  })
}

export function putJournal(disk: SimulatedDisk, text: string): void {
  byHand(disk, () => {
    replace(disk, join(workFolder, 'journal.json'), text)
  })
}

/** As uninstalling the component does: everything of its own is gone. */
export function clearWorkFolder(disk: SimulatedDisk): void {
  byHand(disk, () => {
    for (const name of disk.names(workFolder)) disk.removeFile(join(workFolder, name))
    disk.sync(workFolder)
  })
}

/** @returns whether there was one */
export function losePendingKey(disk: SimulatedDisk): boolean {
  const path = join(rootFolder, 'identities', 'pending', 'private-key.pem')
  if (disk.look(path) === undefined) return false
  byHand(disk, () => {
    disk.removeFile(path)
    disk.sync(dirname(path))
  })
  return true
}
