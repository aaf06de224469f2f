import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'

/** Appends lines to `<directory>/<function>.log`, at once: what a killed process wrote is there. */
export class FunctionLogs {
  readonly #directory: string
  readonly #files = new Map<string, number>()

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true })
  }

  append(functionName: string, line: string): void {
    let file = this.#files.get(functionName)
    if (file === undefined) {
      file = openSync(path.join(this.#directory, `${functionName}.log`), 'a')
      this.#files.set(functionName, file)
    }
    writeSync(file, `${line}\n`)
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file)
    this.#files.clear()
  }
}
