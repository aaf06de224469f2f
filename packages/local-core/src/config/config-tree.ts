/** Anything a leaf can hold: what JSON and YAML can say. */
export type ConfigValue = string | number | boolean | null | readonly ConfigValue[] | ConfigMap
export type ConfigMap = { readonly [key: string]: ConfigValue }

/** What the transaction log records, each a line of it. */
export type ConfigChange =
  | {
      readonly what: 'changed'
      readonly path: readonly string[]
      readonly atMs: number
      readonly value: ConfigValue
    }
  | {
      readonly what: 'removed' | 'timestampUpdated' | 'interiorAdded'
      readonly path: readonly string[]
      readonly atMs: number
    }

interface Leaf {
  readonly kind: 'leaf'
  readonly name: string
  value: ConfigValue
  atMs: number
}

interface Interior {
  readonly kind: 'interior'
  readonly name: string
  readonly children: Map<string, ConfigNode>
  atMs: number
}

type ConfigNode = Leaf | Interior

/**
 * The nucleus's configuration: a tree whose keys ignore case and whose nodes remember when they changed
 * (milliseconds since the epoch). An older change never overwrites a newer one.
 */
export interface ConfigTree {
  /** A map for an interior node, the value of a leaf, undefined where there is nothing. */
  readonly get: (path: readonly string[]) => ConfigValue | undefined
  readonly isLeaf: (path: readonly string[]) => boolean
  /** When the node, or anything below it, changed last. */
  readonly modifiedAt: (path: readonly string[]) => number | undefined
  /** The node's own spelling of its name, for keys asked for in another case. */
  readonly nameOf: (path: readonly string[]) => string | undefined
  /** Applies one change and answers whether it had an effect. */
  readonly apply: (change: ConfigChange) => boolean
  /** Everything as changes, in an order that rebuilds the tree. */
  readonly dump: () => ConfigChange[]
}

const keyOf = (name: string) => name.toLowerCase()
const interior = (name: string, atMs: number): Interior => ({
  kind: 'interior',
  name,
  children: new Map(),
  atMs,
})

export function createConfigTree(changes: Iterable<ConfigChange> = []): ConfigTree {
  const root = interior('', 0)
  const tree: ConfigTree = {
    get: path => valueOf(find(root, path)),
    isLeaf: path => find(root, path)?.kind === 'leaf',
    modifiedAt: path => latest(find(root, path)),
    nameOf: path => find(root, path)?.name,
    apply: change => applyChange(root, change),
    dump: () => dumpNode(root, []),
  }
  for (const change of changes) tree.apply(change)
  return tree
}

function find(root: Interior, path: readonly string[]): ConfigNode | undefined {
  let node: ConfigNode | undefined = root
  for (const name of path) node = node?.kind === 'interior' ? node.children.get(keyOf(name)) : undefined
  return node
}

function valueOf(node: ConfigNode | undefined): ConfigValue | undefined {
  if (node === undefined || node.kind === 'leaf') return node?.value
  return Object.fromEntries([...node.children.values()].map(child => [child.name, valueOf(child) ?? null]))
}

function latest(node: ConfigNode | undefined): number | undefined {
  if (node === undefined || node.kind === 'leaf') return node?.atMs
  return Math.max(node.atMs, ...[...node.children.values()].map(child => latest(child) ?? 0))
}

/** The interior node at `path`, made where missing; a leaf in the way is replaced. */
function interiorAt(root: Interior, path: readonly string[], atMs: number): Interior {
  let node = root
  for (const name of path) {
    const existing = node.children.get(keyOf(name))
    if (existing?.kind === 'interior') {
      node = existing
    } else {
      const made = interior(name, atMs)
      node.children.set(keyOf(name), made)
      node = made
    }
  }
  return node
}

function applyChange(root: Interior, change: ConfigChange): boolean {
  const name = change.path.at(-1)
  if (name === undefined) return false
  const existing = find(root, change.path)
  switch (change.what) {
    case 'interiorAdded':
      if (existing?.kind === 'interior') return false
      interiorAt(root, change.path, change.atMs)
      return true
    case 'removed':
      if (existing === undefined || existing.atMs > change.atMs) return false
      return interiorAt(root, change.path.slice(0, -1), change.atMs).children.delete(keyOf(name))
    case 'timestampUpdated':
      if (existing === undefined || existing.atMs >= change.atMs) return false
      existing.atMs = change.atMs
      return true
    case 'changed':
      return setLeaf(interiorAt(root, change.path.slice(0, -1), change.atMs), name, change.value, change.atMs)
  }
}

function setLeaf(parent: Interior, name: string, value: ConfigValue, atMs: number): boolean {
  const existing = parent.children.get(keyOf(name))
  if (existing !== undefined && existing.atMs > atMs) return false
  if (existing?.kind === 'leaf') {
    const same = JSON.stringify(existing.value) === JSON.stringify(value)
    if (same && existing.atMs === atMs) return false
    existing.value = value
    existing.atMs = atMs
    return true
  }
  parent.children.set(keyOf(name), { kind: 'leaf', name, value, atMs })
  return true
}

function dumpNode(node: ConfigNode, path: readonly string[]): ConfigChange[] {
  if (node.kind === 'leaf') return [{ what: 'changed', path, atMs: node.atMs, value: node.value }]
  if (node.children.size === 0 && path.length > 0) return [{ what: 'interiorAdded', path, atMs: node.atMs }]
  return [...node.children.values()].flatMap(child => dumpNode(child, [...path, child.name]))
}
