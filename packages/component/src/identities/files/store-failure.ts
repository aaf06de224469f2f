import type { DeviceFailureCode } from '@rotator/protocol/failure-codes'
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
  TASK_FAILED: 'Read the log of the component',
}

/** @throws what is no failure of files: that is a fault of ours, and not to be told as one of the disk. */
export function asStoreError(
  thrown: unknown,
  doing: string,
  code: DeviceFailureCode = 'STORAGE_FAILED',
): StoreError {
  if (thrown instanceof StoreError) return thrown
  const fileCode = fileErrorCode(thrown)
  if (fileCode === 'UNKNOWN') throw thrown
  const remedy = remedies[fileCode] ?? 'Check the disk of the device'
  return new StoreError(code, `The device could not ${doing}: ${messageOf(thrown)}. ${remedy}.`, {
    cause: thrown,
  })
}
