import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Target } from './target.ts'

/** The corpus of the repository: a folder for each parser, an input in each file. */
export const corpusFolder = fileURLToPath(new URL('../corpus', import.meta.url))

/** Inputs in the order of their names, so that the same seed meets the same inputs. */
export function readCorpus(folder: string, parser: string): Buffer[] {
  const own = join(folder, parser)
  if (!existsSync(own)) return []
  return readdirSync(own)
    .toSorted()
    .map(name => readFileSync(join(own, name)))
}

/** Saves an input under a name that comes from its content, and returns its path. */
export function saveInput(
  folder: string,
  parser: string,
  kind: 'crash' | 'found',
  input: Uint8Array,
): string {
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 16)
  const path = join(folder, parser, `${kind}-${hash}`)
  mkdirSync(join(folder, parser), { recursive: true })
  writeFileSync(path, input)
  return path
}

/** Writes the samples of a parser that are not there yet: some are signed and would differ every time. */
export async function writeSeeds(folder: string, target: Target): Promise<void> {
  mkdirSync(join(folder, target.name), { recursive: true })
  for (const [name, content] of Object.entries(await target.seeds())) {
    const path = join(folder, target.name, name)
    if (!existsSync(path)) writeFileSync(path, content)
  }
}
