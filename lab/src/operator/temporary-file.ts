import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** For whoever takes a file only; it is gone afterwards. */
export async function inTemporaryFile<T>(text: string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-rotator-file-'))
  const file = join(folder, 'text')
  writeFileSync(file, text)
  try {
    return await use(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
