import { basename, dirname, join } from 'node:path'
import type { FileSystem, Ownership } from './file-system.ts'
import { fileNames } from './layout.ts'

/** File operations that are complete and on durable storage when they return, and can be repeated after a cut. */

export function createDurably(fs: FileSystem, path: string, bytes: Buffer, ownership: Ownership): void {
  if (fs.look(path) !== undefined) fs.removeFile(path)
  fs.create(path, bytes, ownership)
  fs.sync(path)
}

/** The name of what is about to replace `path`. A cut can leave it behind; the next try removes it. */
const successor = (path: string): string => join(dirname(path), `.${basename(path)}.rotator`)

export function removeSuccessor(fs: FileSystem, path: string): void {
  if (fs.look(successor(path)) !== undefined) fs.removeFile(successor(path))
}

function putInPlace(fs: FileSystem, path: string, make: (successor: string) => void): void {
  const made = successor(path)
  removeSuccessor(fs, path)
  make(made)
  try {
    fs.rename(made, path)
  } catch (error) {
    fs.removeFile(made)
    throw error
  }
  fs.sync(dirname(path))
}

export function replaceByFile(fs: FileSystem, path: string, bytes: Buffer, ownership: Ownership): void {
  putInPlace(fs, path, made => {
    fs.create(made, bytes, ownership)
    fs.sync(made)
  })
}

export function replaceByLink(fs: FileSystem, path: string, target: string): void {
  putInPlace(fs, path, made => {
    fs.link(target, made)
  })
}

export function ensureFolder(fs: FileSystem, path: string, ownership: Ownership): void {
  if (fs.look(path) !== undefined) return
  fs.makeFolder(path, ownership)
  fs.sync(dirname(path))
}

/** Removes our files from a folder, and the folder unless somebody else keeps something in it. */
export function removeFolderOfFiles(fs: FileSystem, path: string): void {
  if (fs.look(path) === undefined) return
  const ours: readonly string[] = Object.values(fileNames)
  const names = fs.names(path)
  for (const name of names.filter(name => ours.includes(name))) fs.removeFile(join(path, name))
  fs.sync(path)
  if (names.every(name => ours.includes(name))) fs.removeFolder(path)
  fs.sync(dirname(path))
}
