/** The two settings that name the device's identity; the nucleus compares names without case. */
export const pathSettings = ['certificateFilePath', 'privateKeyPath'] as const
export type PathSetting = (typeof pathSettings)[number]
export type PathSettings = Partial<Record<PathSetting, string>>

interface Transaction {
  TS: number
  TP: string[]
  W: string
  V: unknown
}

/**
 * Replays the nucleus's transaction log for the two settings, as the nucleus does when it starts: of changes to
 * one setting the newest by its time stamp counts, of equal ones the last. Lines that cannot be read are passed over.
 */
export function readTransactionLog(text: string): PathSettings {
  const settings: PathSettings = {}
  const newest: Partial<Record<PathSetting, number>> = {}
  for (const { TS, TP, W, V } of text.split('\n').flatMap(readLine)) {
    for (const setting of pathSettings.filter(setting => concerns(TP, setting, W))) {
      if (TS < (newest[setting] ?? 0)) continue
      newest[setting] = TS
      if (W === 'changed' && typeof V === 'string') settings[setting] = V
      else delete settings[setting]
    }
  }
  return settings
}

/** Removing `system` removes what is in it. */
function concerns(path: string[], setting: PathSetting, what: string): boolean {
  if (what !== 'changed' && what !== 'removed') return false
  const full = ['system', setting.toLowerCase()]
  const names = path.map(name => name.toLowerCase())
  const isWhole = names.length === full.length || (what === 'removed' && names.length > 0)
  return isWhole && names.length <= full.length && names.every((name, at) => name === full[at])
}

function readLine(line: string): Transaction[] {
  // Most of a long log is about other things, and need not be parsed.
  if (!/"system"/iu.test(line)) return []
  try {
    const { TS, TP, W, V } = Object(JSON.parse(line))
    const isTransaction = typeof TS === 'number' && typeof W === 'string' && Array.isArray(TP)
    return isTransaction && TP.every(name => typeof name === 'string') ? [{ TS, TP, W, V }] : []
  } catch {
    return []
  }
}
