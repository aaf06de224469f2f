import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  statfsSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import type { Entry, FileSystem, Ownership } from './file-system.ts'

const permissionBits = 0o7777
/** While it is being made nobody else may look into it. */
const onlyOwner = { file: 0o600, folder: 0o700 }

function withFile<T>(path: string, flags: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(path, flags, onlyOwner.file)
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Gives only what differs: a component that is not root may not give files away, and need not. */
function giveTo(descriptor: number, { uid, gid, mode }: Ownership, made: Stats): void {
  if (made.uid !== uid || made.gid !== gid) fchownSync(descriptor, uid, gid)
  fchmodSync(descriptor, mode)
}

function kindOf(stats: Stats): Entry['kind'] {
  if (stats.isSymbolicLink()) return 'link'
  if (stats.isFile()) return 'file'
  return stats.isDirectory() ? 'folder' : 'other'
}

/** The device's own disk. */
export const nodeFileSystem: FileSystem = {
  read: path => readFileSync(path),
  create: (path, bytes, ownership) => {
    withFile(path, 'wx', descriptor => {
      giveTo(descriptor, ownership, lstatSync(path))
      writeFileSync(descriptor, bytes)
    })
  },
  overwrite: (path, bytes) => {
    withFile(path, 'r+', descriptor => {
      // All of it or an error: a single write on a full disk may write less and say nothing.
      writeFileSync(descriptor, bytes)
      ftruncateSync(descriptor, bytes.length)
    })
  },
  sync: path => {
    withFile(path, 'r', fsyncSync)
  },
  rename: renameSync,
  link: symlinkSync,
  makeFolder: (path, ownership) => {
    mkdirSync(path, onlyOwner.folder)
    withFile(path, 'r', descriptor => {
      giveTo(descriptor, ownership, lstatSync(path))
    })
  },
  own: (path, ownership) => {
    withFile(path, 'r', descriptor => {
      giveTo(descriptor, ownership, lstatSync(path))
    })
  },
  removeFile: unlinkSync,
  removeFolder: rmdirSync,
  look: path => {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    return { kind: kindOf(stats), mode: stats.mode & permissionBits, uid: stats.uid, gid: stats.gid }
  },
  readLink: path => readlinkSync(path),
  resolve: path => realpathSync(path),
  names: folder => readdirSync(folder),
  canWrite: path => {
    try {
      accessSync(path, constants.W_OK)
      return true
    } catch {
      return false
    }
  },
  freeBytes: path => {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  },
}
