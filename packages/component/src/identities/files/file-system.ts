/** Who may do what with a file: kept from the file that a new one replaces. */
export interface Ownership {
  /** Permission bits, such as 0o600. */
  mode: number
  uid: number
  gid: number
}

export interface Entry extends Ownership {
  kind: 'file' | 'folder' | 'link' | 'other'
}

/**
 * The file operations that identities and the journal are made of.
 *
 * Synchronous: the files are small, nothing else may happen in between, and a power cut can only fall between
 * two of these calls or tear one. Everything but `sync` may be lost in a cut, in any combination, until the file
 * (its bytes) or its folder (its names) was synced. Each throws an error with Node's `code`, such as ENOSPC.
 */
export interface FileSystem {
  read(path: string): Buffer
  /** Makes a file that must not exist yet. `ownership` is complete before the first byte is in it. */
  create(path: string, bytes: Buffer, ownership: Ownership): void
  /** Writes over the bytes of a file that exists; who owns it and what links to it stays. */
  overwrite(path: string, bytes: Buffer): void
  /** Puts a file's bytes, or a folder's names, on durable storage. */
  sync(path: string): void
  /** Replaces `to` in one step. */
  rename(from: string, to: string): void
  link(target: string, path: string): void
  makeFolder(path: string, ownership: Ownership): void
  own(path: string, ownership: Ownership): void
  removeFile(path: string): void
  removeFolder(path: string): void
  /** @returns undefined where there is nothing. Does not follow a link. */
  look(path: string): Entry | undefined
  readLink(path: string): string
  /** The path without any link in it. */
  resolve(path: string): string
  names(folder: string): string[]
  /** Whether the bytes of a file could be written over. */
  canWrite(path: string): boolean
  freeBytes(path: string): number
}

/** @throws ENOENT where there is nothing. */
export function entryAt(fs: FileSystem, path: string): Entry {
  const entry = fs.look(path)
  if (entry === undefined) throw Object.assign(new Error(`ENOENT: nothing is at ${path}`), { code: 'ENOENT' })
  return entry
}

/** @returns Node's name for what went wrong, `UNKNOWN` for what is no file error. */
export function fileErrorCode(thrown: unknown): string {
  const code: unknown = Object(thrown).code
  return typeof code === 'string' ? code : 'UNKNOWN'
}
