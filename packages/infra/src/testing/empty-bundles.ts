import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { handlerFolders, triggerFolders } from '../bundle.ts'

/** Calls with a directory of functions that do nothing, for tests of what is around them; then it is removed. */
export function withEmptyBundles<T>(use: (bundles: string, directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'rotator-infra-'))
  const bundles = join(directory, 'bundles')
  try {
    for (const folder of [...handlerFolders, ...triggerFolders]) {
      mkdirSync(join(bundles, folder), { recursive: true })
      writeFileSync(join(bundles, folder, 'index.mjs'), 'export const handler = () => {}\n')
    }
    return use(bundles, directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
