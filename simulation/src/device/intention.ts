import { join } from 'node:path'
import type { FileSystem } from '@rotator/component/identities/files/file-system'
import { decodeJournal } from '@rotator/rotation/device/journal'
import type { Phase } from '@rotator/rotation/device/state'
import { workFolder } from './stored-identities.ts'

/**
 * What the device is about to do, as its journal has it. Undefined without a usable one: then no process has begun since
 * the journal was lost, for each writes one before it does anything else.
 *
 * The log does not tell this: a process that finds no usable journal begins in idle, and a line that says so is written
 * only where that changes something, so the last line may be of a rotation that nobody remembers.
 */
export function intentionOn(fs: FileSystem): Phase | undefined {
  const journal = journalOn(fs)
  if (journal === undefined) return undefined
  const decoded = decodeJournal(journal)
  return decoded.ok ? decoded.value.phase : undefined
}

/** As it would be read now, usable or not. */
export function journalOn(fs: FileSystem): string | undefined {
  const path = join(workFolder, 'journal.json')
  return fs.look(path)?.kind === 'file' ? fs.read(path).toString() : undefined
}
