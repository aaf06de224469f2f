import type { CryptoTasks } from '../../keys/crypto-tasks.ts'
import type { IdentityPaths } from '../../keys/inspect-identity.ts'
import type { FileSystem } from './file-system.ts'

/** What all work on identities in files is done with. */
export interface OnFiles {
  fs: FileSystem
  tasks: CryptoTasks
  /** Absolute paths from the nucleus configuration. */
  paths: IdentityPaths
  /** Where a version 1 component would have left its backup; without it none is looked for. */
  backups?: IdentityPaths
}
