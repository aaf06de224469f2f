import { type PathSettings, pathSettings } from './transaction-log.ts'

/**
 * Reads the two settings from the text of `effectiveConfig.yaml`.
 *
 * Only the form in which the nucleus writes that file is read: a block mapping with each value on its own line.
 * A whole YAML parser would cost the device 2 MB for a file that is the second choice. What is written in another
 * way counts as not given.
 */
export function readEffectiveConfig(text: string): PathSettings {
  const settings: PathSettings = {}
  for (const line of linesOfSystem(text.split(/\r?\n/u))) {
    const match = /^[ \t]+["']?(\w+)["']?[ \t]*:[ \t]+(.*)$/su.exec(line)
    const setting = pathSettings.find(name => name === match?.[1])
    const value = readScalar(match?.[2] ?? '')
    if (setting !== undefined && value !== undefined) settings[setting] = value
  }
  return settings
}

function linesOfSystem(lines: string[]): string[] {
  const start = lines.findIndex(line => /^["']?system["']?\s*:\s*(#.*)?$/u.test(line))
  const inside = start === -1 ? [] : lines.slice(start + 1)
  const end = inside.findIndex(line => /^[^\s#]/u.test(line))
  return end === -1 ? inside : inside.slice(0, end)
}

function readScalar(text: string): string | undefined {
  const [quoted] = /^"(?:[^"\\]|\\.)*"/u.exec(text) ?? []
  if (quoted !== undefined) return unescape(quoted)
  const [, single] = /^'((?:[^']|'')*)'/u.exec(text) ?? []
  if (single !== undefined) return single.replaceAll("''", "'")
  // An unfinished quotation, a list, a block, an anchor: nothing that the nucleus writes for a path.
  if (/^["'[\]{}>|&*!%@`#]/u.test(text)) return undefined
  // Only blanks and tabs are white space to YAML.
  const plain = text.replace(/[ \t]+#.*$/su, '').replace(/[ \t]+$/u, '')
  return ['', '~', 'null'].includes(plain) ? undefined : plain
}

function unescape(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted)
    return String(value)
  } catch {
    return undefined
  }
}
