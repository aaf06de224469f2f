import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot } from '../../world/repository-root.ts'

/** @returns a new folder with what was committed last, and without its history, as AWS CodePipeline hands it on */
export function cleanCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rotator-checkout-'))
  // In a container the repository may be another user's.
  const archive = execFileSync('git', ['-c', 'safe.directory=*', 'archive', '--format=tar', 'HEAD'], {
    cwd: repositoryRoot,
    maxBuffer: 1 << 30,
  })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  return folder
}
