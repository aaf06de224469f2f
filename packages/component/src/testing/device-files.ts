import { dirname } from 'node:path'
import { FileIdentityStore } from '../identities/files/file-identity-store.ts'
import type { FileSystem, Ownership } from '../identities/files/file-system.ts'
import type { IdentityPaths } from '../keys/inspect-identity.ts'
import { inProcessTasks } from './in-process-tasks.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import type { TestIdentity } from './test-authority.ts'

export const usualPaths: IdentityPaths = {
  certificatePath: '/greengrass/v2/thingCert.crt',
  keyPath: '/greengrass/v2/privKey.key',
}

const folderOwnership: Ownership = { mode: 0o755, uid: 0, gid: 0 }

export function makeFolders(disk: FileSystem, path: string): void {
  if (disk.look(path) !== undefined) return
  makeFolders(disk, dirname(path))
  disk.makeFolder(path, folderOwnership)
}

/** A disk with an identity at the configured paths, all of it durable. */
export function diskWith(identity: TestIdentity, paths = usualPaths): SimulatedDisk {
  const disk = new SimulatedDisk()
  makeFolders(disk, dirname(paths.certificatePath))
  makeFolders(disk, dirname(paths.keyPath))
  disk.create(paths.certificatePath, Buffer.from(identity.certificatePem), { mode: 0o644, uid: 7, gid: 8 })
  disk.create(paths.keyPath, Buffer.from(identity.keyPem), { mode: 0o640, uid: 7, gid: 9 })
  disk.settleAll()
  return disk
}

export const storeOn = (fs: FileSystem, paths = usualPaths, tasks = inProcessTasks): FileIdentityStore =>
  new FileIdentityStore({ fs, tasks: tasks(fs), paths })
