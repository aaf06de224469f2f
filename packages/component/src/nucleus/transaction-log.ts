import { isSameName, namesOf, type SettingPaths } from './setting.ts'

interface Transaction {
  TS: number
  TP: string[]
  W: string
  V: unknown
}

/**
 * Replays the nucleus's transaction log for some settings, as the nucleus does when it starts: of changes to
 * one setting the newest by its time stamp counts, of equal ones the last. Lines that cannot be read are passed over.
 *
 * @returns null for a setting that was there and was removed
 */
export function readTransactionLog<N extends string>(
  text: string,
  settings: SettingPaths<N>,
): { [name in N]?: string | null } {
  const values: { [name in N]?: string | null } = {}
  const newest: Partial<Record<N, number>> = {}
  const names = namesOf(settings)
  const isOfInterest = interestIn(settings)
  for (const { TS, TP, W, V } of text
    .split('\n')
    .flatMap(line => (isOfInterest(line) ? readLine(line) : []))) {
    for (const name of names.filter(name => concerns(TP, settings[name], W))) {
      if (TS < (newest[name] ?? 0)) continue
      newest[name] = TS
      values[name] = W === 'changed' && isScalar(V) ? String(V) : null
    }
  }
  return values
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

/** Removing a map removes what is in it. */
function concerns(path: string[], setting: readonly string[], what: string): boolean {
  if (what !== 'changed' && what !== 'removed') return false
  const isWhole = path.length === setting.length || (what === 'removed' && path.length > 0)
  return isWhole && path.length <= setting.length && path.every((name, at) => isSameName(name, setting[at]))
}

/** Most of a long log is about other things, and need not be parsed. */
function interestIn(settings: SettingPaths<string>): (line: string) => boolean {
  const nearTheTop = Object.values(settings).map(path => (path.length > 2 ? path[1] : path[0]))
  const words = [...new Set(nearTheTop), 'removed'].map(name => `"${name?.toLowerCase()}"`)
  return line => {
    const lower = line.toLowerCase()
    return words.some(word => lower.includes(word))
  }
}

function readLine(line: string): Transaction[] {
  try {
    const { TS, TP, W, V } = Object(JSON.parse(line))
    const isTransaction = typeof TS === 'number' && typeof W === 'string' && Array.isArray(TP)
    return isTransaction && TP.every(name => typeof name === 'string') ? [{ TS, TP, W, V }] : []
  } catch {
    return []
  }
}
