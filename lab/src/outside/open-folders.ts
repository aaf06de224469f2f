import { chmodSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The folders of a test are closed to others; on a device they are not, so that files must protect themselves. */
export function openFoldersTo(path: string): void {
  for (let folder = path; folder !== '/tmp' && folder !== '/'; folder = dirname(folder)) {
    chmodSync(folder, statSync(folder).mode | 0o055)
  }
}
