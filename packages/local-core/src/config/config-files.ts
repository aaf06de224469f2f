import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { isMap, mergeChanges, withPointer } from './config-merge.ts'
import { type ChangeLog } from './config-store.ts'
import type { ConfigChange, ConfigTree, ConfigValue } from './config-tree.ts'
import { formatTransaction, isLogged, parseTransactionLog } from './transaction-log.ts'

/** Loads a root's configuration: `config.tlog`, or `config.yaml` where the log is missing or invalid. */
export function loadConfig(paths: {
  readonly tlogFile: string
  readonly configFile: string
}): ConfigChange[] {
  const log = parseTransactionLog(readIfThere(paths.tlogFile) ?? '')
  if (log.ok) return log.changes
  const yaml = readIfThere(paths.configFile)
  const config: unknown = yaml === undefined ? undefined : parse(yaml)
  if (isMap(config)) return mergeChanges([], config, 1).filter(change => change.path.length > 0)
  throw new Error(
    `No configuration for the core: ${log.reason} (${paths.tlogFile}), and there is no usable ` +
      `${paths.configFile}. Provision the root first, or restore one of the two files.`,
  )
}

/** Appends to `config.tlog`, written through to the disk before anybody hears of a change. */
export function appendingTo(tlogFile: string): ChangeLog {
  return changes => {
    const text = changes.filter(isLogged).map(formatTransaction).join('')
    if (text === '') return
    const file = openSync(tlogFile, 'as')
    try {
      writeSync(file, text)
    } finally {
      closeSync(file)
    }
  }
}

/** Replaces `config.tlog` by one that holds just `changes`, as the nucleus does after truncation. */
export function writeTransactionLog(tlogFile: string, changes: readonly ConfigChange[]): void {
  writeDurably(tlogFile, changes.filter(isLogged).map(formatTransaction).join(''))
}

const pathPointers = ['/system/certificateFilePath', '/system/privateKeyPath', '/system/rootCaPath']

/**
 * The `effectiveConfig.yaml` of a tree. `emptyPaths` leaves certificate, key and root CA path empty, as they
 * are in this file after fleet provisioning while the transaction log has them.
 */
export function effectiveConfig(tree: ConfigTree, options: { readonly emptyPaths: boolean }): string {
  const emptied = options.emptyPaths ? pathPointers : []
  const config = emptied.reduce<ConfigValue>(
    (value, pointer) => withPointer(value, pointer, ''),
    publicPart(tree.get([]) ?? {}),
  )
  return `---\n${stringify(config)}`
}

export function writeEffectiveConfig(file: string, text: string): void {
  writeDurably(file, text)
}

function publicPart(value: ConfigValue): ConfigValue {
  if (!isMap(value)) return value
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('_'))
  return Object.fromEntries(entries.map(([key, child]) => [key, publicPart(child)]))
}

function writeDurably(file: string, text: string): void {
  const temporary = `${file}+`
  const handle = openSync(temporary, 'w')
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(temporary, file)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
