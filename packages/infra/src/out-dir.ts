import { readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A file that a synthesis leaves in its folder, by which the next one knows it. */
export const digestFile = 'sources.sha256'

const staleAfterMs = 3_600_000

/**
 * A synthesis replaces its folder as a whole, so it takes only one that is not there, is empty, or that a synthesis made.
 *
 * @throws an error that says what to do, where there is something else
 */
export function refuseForeign(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false })
  if (found === undefined) return
  const names = found.isDirectory() ? readdirSync(directory) : undefined
  if (names !== undefined && (names.length === 0 || names.includes(digestFile))) return
  const what =
    names === undefined ? 'is not a folder' : `has files that no synthesis made (there is no ${digestFile})`
  throw new Error(
    `${directory} ${what}. A synthesis replaces its folder as a whole, so nothing was written. Give --out-dir a folder that does not exist, or empty this one yourself.`,
  )
}

/** What the name of a folder that a synthesis works in begins with: six characters of chance follow. */
export const unfinishedPrefix = (directory: string): string => `${directory}.unfinished-`

/**
 * Removes what interrupted syntheses left beside their folder. What was touched within an hour before `own` was made may be
 * of one that still runs.
 *
 * @param own the folder that this synthesis works in
 */
export function removeStale(directory: string, own: string): void {
  const parent = dirname(directory)
  const prefix = basename(unfinishedPrefix(directory))
  const { mtimeMs: ownMs } = statSync(own)
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(prefix) || name.length !== prefix.length + 6) continue
    const touched = statSync(join(parent, name), { throwIfNoEntry: false })
    if (touched !== undefined && touched.mtimeMs < ownMs - staleAfterMs)
      rmSync(join(parent, name), { recursive: true, force: true })
  }
}
