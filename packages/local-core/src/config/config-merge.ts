import type { ConfigChange, ConfigMap, ConfigTree, ConfigValue } from './config-tree.ts'

/** Whether a value is a map, which becomes an interior node; lists and scalars are leaves. */
export function isMap(value: unknown): value is ConfigMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The changes that lay `value` over what stands at `path`; keys that it does not name stay. */
export function mergeChanges(path: readonly string[], value: ConfigValue, atMs: number): ConfigChange[] {
  if (!isMap(value)) return [{ what: 'changed', path, atMs, value }]
  const below = Object.entries(value).flatMap(([key, child]) => mergeChanges([...path, key], child, atMs))
  return below.length > 0 ? below : [{ what: 'interiorAdded', path, atMs }]
}

/** The changes that make `path` hold exactly `value`: a merge, and the removal of every other key. */
export function replaceChanges(
  tree: ConfigTree,
  path: readonly string[],
  value: ConfigValue,
  atMs: number,
): ConfigChange[] {
  const removals = surplusPaths(tree.get(path), value, path)
  return [
    ...removals.map(surplus => ({ what: 'removed' as const, path: surplus, atMs })),
    ...mergeChanges(path, value, atMs),
  ]
}

function surplusPaths(
  current: ConfigValue | undefined,
  wanted: ConfigValue,
  path: readonly string[],
): (readonly string[])[] {
  if (!isMap(current)) return []
  if (!isMap(wanted)) return [path]
  const wantedByKey = new Map(Object.entries(wanted).map(([key, value]) => [key.toLowerCase(), value]))
  return Object.entries(current).flatMap(([key, value]) => {
    const next = wantedByKey.get(key.toLowerCase())
    return next === undefined ? [[...path, key]] : surplusPaths(value, next, [...path, key])
  })
}

/** `over` laid over `base`, key by key. */
export function mergeValues(base: ConfigValue | undefined, over: ConfigValue): ConfigValue {
  if (!isMap(base) || !isMap(over)) return over
  const merged: Record<string, ConfigValue> = { ...base }
  for (const [key, value] of Object.entries(over)) merged[key] = mergeValues(merged[key], value)
  return merged
}

/** The value under a JSON pointer (RFC 6901), or undefined. */
export function atPointer(value: ConfigValue | undefined, pointer: string): ConfigValue | undefined {
  return pointerKeys(pointer).reduce<ConfigValue | undefined>(
    (node, key) => (isMap(node) ? node[key] : Array.isArray(node) ? node[Number(key)] : undefined),
    value,
  )
}

/** `value` with what stands under `pointer` replaced, or dropped where `replacement` is undefined. */
export function withPointer(
  value: ConfigValue,
  pointer: string,
  replacement: ConfigValue | undefined,
): ConfigValue {
  return withKeys(value, pointerKeys(pointer), replacement) ?? {}
}

function withKeys(
  value: ConfigValue | undefined,
  keys: readonly string[],
  replacement: ConfigValue | undefined,
): ConfigValue | undefined {
  const [key, ...rest] = keys
  if (key === undefined) return replacement
  const { [key]: below, ...others } = isMap(value) ? value : {}
  const next = withKeys(below, rest, replacement)
  return next === undefined ? others : { ...others, [key]: next }
}

function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}
