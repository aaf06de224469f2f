import { join } from 'node:path'
import { decodeJournal, encodeJournal } from '@rotator/rotation/device/journal'
import type { State } from '@rotator/rotation/device/state'
import { removeSuccessor, replaceByFile } from '../identities/files/durable.ts'
import { type FileSystem, fileErrorCode, type Ownership } from '../identities/files/file-system.ts'
import { messageOf } from '../message-of.ts'

/** Room for the largest journal twice: it is given up when the disk is full, so that the failure can be reported. */
const reserveBytes = 64 * 1024

export type JournalReading =
  | { kind: 'read'; state: State }
  | { kind: 'none' }
  /** The journal was not usable and is kept under another name, which the remark gives. */
  | { kind: 'set-aside'; remark: string }

export type JournalWriting = { ok: true } | { ok: false; problem: string }

/** What the device intends, on durable storage: one JSON file in the component's work folder. */
export class Journal {
  readonly #fs: FileSystem
  readonly #folder: string
  readonly #ownership: Ownership
  #written: string | undefined

  /** @param owner the user that the component runs as: nobody else may read the journal */
  constructor(fs: FileSystem, folder: string, owner: { uid: number; gid: number }) {
    this.#fs = fs
    this.#folder = folder
    this.#ownership = { mode: 0o600, ...owner }
  }

  read(): JournalReading {
    this.#settle()
    const bytes = this.#readBytes()
    if (bytes === undefined) return { kind: 'none' }
    const text = bytes.toString()
    const decoded = decodeJournal(text)
    if (!decoded.ok) return { kind: 'set-aside', remark: this.#setAside(decoded.problem) }
    this.#written = text
    return { kind: 'read', state: decoded.value }
  }

  /** Returns only when the state is durable, or could not be made so; writes nothing where nothing changed. */
  write(state: State): JournalWriting {
    const text = encodeJournal(state)
    if (text === this.#written) return { ok: true }
    try {
      this.#replace(text)
      this.#written = text
      return { ok: true }
    } catch (error) {
      const code = fileErrorCode(error)
      if (code === 'UNKNOWN') throw error
      return {
        ok: false,
        problem: `The journal ${this.#path} cannot be written: ${messageOf(error)}. Nothing is done until it can; free space or repair the disk.`,
      }
    }
  }

  get #path(): string {
    return join(this.#folder, 'journal.json')
  }

  get #reserve(): string {
    return join(this.#folder, 'journal.reserve')
  }

  #readBytes(): Buffer | undefined {
    return this.#fs.look(this.#path) === undefined ? undefined : this.#fs.read(this.#path)
  }

  #replace(text: string): void {
    try {
      replaceByFile(this.#fs, this.#path, Buffer.from(text), this.#ownership)
    } catch (error) {
      const isFull = ['ENOSPC', 'EDQUOT'].includes(fileErrorCode(error))
      if (!isFull || this.#fs.look(this.#reserve) === undefined) throw error
      removeSuccessor(this.#fs, this.#path)
      this.#fs.removeFile(this.#reserve)
      replaceByFile(this.#fs, this.#path, Buffer.from(text), this.#ownership)
    }
  }

  /**
   * A process that was killed may have written without making it durable. The reserve's bytes are not all zero,
   * since some file systems store those without using space.
   */
  #settle(): void {
    try {
      this.#fs.sync(this.#folder)
      if (this.#fs.look(this.#reserve) !== undefined) return
      this.#fs.create(this.#reserve, Buffer.alloc(reserveBytes, 'reserved '), this.#ownership)
      this.#fs.sync(this.#reserve)
    } catch (error) {
      if (fileErrorCode(error) === 'UNKNOWN') throw error
    }
  }

  #setAside(problem: string): string {
    const taken = this.#fs.names(this.#folder)
    let n = 1
    while (taken.includes(`journal.set-aside-${n}.json`)) n += 1
    const kept = join(this.#folder, `journal.set-aside-${n}.json`)
    this.#fs.rename(this.#path, kept)
    this.#fs.sync(this.#folder)
    return `The journal is unusable (${problem}). It is kept as ${kept}; what to do is found out from the stored identities and the cloud.`
  }
}
