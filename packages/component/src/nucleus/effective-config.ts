import { isSameName, namesOf, type SettingPaths, type SettingValues } from './setting.ts'

/**
 * Reads some settings from the text of `effectiveConfig.yaml`.
 *
 * Only the form in which the nucleus writes that file is read: block mappings with each value on its own line.
 * A whole YAML parser would cost the device 2 MB for a file that is the second choice. What is written in another
 * way counts as not given.
 */
export function readEffectiveConfig<N extends string>(
  text: string,
  settings: SettingPaths<N>,
): SettingValues<N> {
  const values: SettingValues<N> = {}
  for (const { path, text: scalar } of entries(text)) {
    const name = namesOf(settings).find(name => isSamePath(path, settings[name]))
    const value = name === undefined ? undefined : readScalar(scalar)
    if (name !== undefined && value !== undefined) values[name] = value
  }
  return values
}

const isSamePath = (one: readonly (string | undefined)[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, at) => isSameName(name, other[at]))

interface Entry {
  path: (string | undefined)[]
  indent: number
  /** What stands behind the colon, unread; empty where more lines belong to it. */
  text: string
}

const entryLine =
  /^(?<indent> *)(?<key>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'#-][^:]*?)[ \t]*:(?:[ \t]+(?<text>.*))?$/su

/**
 * Every `key: value` with the keys that it stands below. What is indented below a value goes on with it, so no setting can
 * be found in it, and the value is not the whole one.
 */
function entries(text: string): Entry[] {
  const found: Entry[] = []
  const above: { indent: number; name: string | undefined }[] = []
  for (const line of text.split(/\r?\n/u)) {
    const depth = line.search(/[^ \t]/u)
    if (depth === -1 || line[depth] === '#') continue
    const last = found.at(-1)
    if (last !== undefined && depth > last.indent) last.text = ''
    const { indent, key, text: value = '' } = entryLine.exec(line)?.groups ?? {}
    if (indent === undefined || key === undefined) continue
    while ((above.at(-1)?.indent ?? -1) >= indent.length) above.pop()
    above.push({ indent: indent.length, name: readScalar(key) })
    found.push({ path: above.map(({ name }) => name), indent: indent.length, text: value })
  }
  return found
}

function readScalar(text: string): string | undefined {
  const [quoted] = /^"(?:[^"\\]|\\.)*"/u.exec(text) ?? []
  if (quoted !== undefined) return unescape(quoted)
  const [, single] = /^'((?:[^']|'')*)'/u.exec(text) ?? []
  if (single !== undefined) return single.replaceAll("''", "'")
  // An unfinished quotation, a list, a block, an anchor: nothing that the nucleus writes for a scalar.
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
