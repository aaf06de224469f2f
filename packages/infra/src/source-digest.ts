import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** Of the rules, the functions hold the record's alone. */
const sources = ['infra/src', 'backend/src', 'rotation/src/record', 'protocol/src'].map(
  directory => `packages/${directory}`,
)

/** SHA-256 over everything that a synthesis is made from: sources, locked dependencies and context. */
export function sourceDigest(context: Readonly<Record<string, unknown>>): string {
  const hash = createHash('sha256').update(JSON.stringify(sorted(context)))
  for (const path of ['package-lock.json', ...sources.flatMap(filesOf)]) {
    const content = readFileSync(join(root, path))
    hash.update(`\0${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** In the order of their names, so that the same context has the same digest however it was written. */
const sorted = (context: Readonly<Record<string, unknown>>): unknown[] =>
  Object.keys(context)
    .toSorted()
    .map(name => [name, context[name]])

function filesOf(directory: string): string[] {
  return readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map(entry => join(entry.parentPath, entry.name).slice(root.length))
    .filter(path => !path.includes('/testing/'))
    .toSorted()
}
