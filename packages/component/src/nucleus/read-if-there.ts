import { type FileSystem, fileErrorCode } from '../identities/files/file-system.ts'

/** The text of a file; empty where none can be read there, whatever the reason: what it lacks is looked for elsewhere. */
export function readIfThere(fs: FileSystem, path: string): string {
  try {
    return fs.read(path).toString()
  } catch (error) {
    if (fileErrorCode(error) === 'UNKNOWN') throw error
    return ''
  }
}
