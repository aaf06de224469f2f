import type { ConfigChange, ConfigValue } from './config-tree.ts'

/**
 * The nucleus's `config.tlog`: one JSON object a line, `TS` milliseconds, `TP` the path, `W` what happened and
 * `V` the value, null unless `W` is `changed`.
 */
export function formatTransaction(change: ConfigChange): string {
  const value = change.what === 'changed' ? change.value : null
  return `${JSON.stringify({ TS: change.atMs, TP: change.path, W: change.what, V: value })}\n`
}

/** Private keys (`_…`) live in memory only and never reach the log. */
export function isLogged(change: ConfigChange): boolean {
  return !change.path.some(name => name.startsWith('_'))
}

export type ParsedTransactionLog =
  | { readonly ok: true; readonly changes: ConfigChange[] }
  | { readonly ok: false; readonly reason: string }

/** Like the nucleus, takes all of the log or nothing: an empty log or one bad line makes it invalid. */
export function parseTransactionLog(text: string): ParsedTransactionLog {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (lines.length === 0) return { ok: false, reason: 'the transaction log is empty' }
  const changes: ConfigChange[] = []
  for (const [index, line] of lines.entries()) {
    const change = parseTransaction(line)
    if (change === 'malformed') {
      return { ok: false, reason: `line ${index + 1} of the transaction log is not a transaction` }
    }
    if (change !== 'ignored') changes.push(change)
  }
  return { ok: true, changes }
}

function parseTransaction(line: string): ConfigChange | 'malformed' | 'ignored' {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    return 'malformed'
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'malformed'
  const { TS: atMs, TP: path, W: what, V: value } = parsed as Record<string, unknown>
  if (typeof atMs !== 'number' || !Array.isArray(path) || !path.every(name => typeof name === 'string')) {
    return 'malformed'
  }
  if (what === 'changed') return { what, path, atMs, value: (value ?? null) as ConfigValue }
  if (what === 'timestampUpdated' || what === 'interiorAdded' || what === 'removed')
    return { what, path, atMs }
  return what === 'initialized' || what === 'childChanged' || what === 'childRemoved'
    ? 'ignored'
    : 'malformed'
}
