import { messageOf } from '../../message-of.ts'
import { StoreError } from '../identity-store.ts'
import { fileErrorCode } from './file-system.ts'

const noSpace = 'Free some space on that disk, then create a new job'
const readOnly = 'The files are read-only: make the folder of the certificate writable, or mount it writable'
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: noSpace,
  EDQUOT: noSpace,
  EROFS: readOnly,
  EACCES: 'Run the component as root (RequiresPrivilege), which the recipe asks for',
  EPERM: 'Run the component as root (RequiresPrivilege), which the recipe asks for',
  EBUSY: 'Something is mounted on the file: mount its folder instead',
  ENOENT: 'Put certificate and key back in place',
}

/**
 * @param doing what was being done, as the end of a sentence
 * @throws StoreError for what files failed in. A fault of ours is thrown as it is: it is not
 *   to be told as one of the disk.
 */
export async function guarded<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = fileErrorCode(error)
    if (error instanceof StoreError || code === 'UNKNOWN') throw error
    const remedy = remedies[code] ?? 'Check the disk of the device'
    throw new StoreError('STORAGE_FAILED', `The device could not ${doing}: ${messageOf(error)}. ${remedy}.`, {
      cause: error,
    })
  }
}
