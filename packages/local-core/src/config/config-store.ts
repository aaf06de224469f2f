import { type ConfigChange, type ConfigTree, createConfigTree } from './config-tree.ts'

/** Where applied changes are made durable before anybody hears of them. */
export type ChangeLog = (changes: readonly ConfigChange[]) => void

type Watcher = (change: ConfigChange) => void

/** The configuration of a running nucleus: a tree, its durable log, and those who watch it. */
export interface ConfigStore {
  readonly tree: ConfigTree
  /** Applies, logs, then tells; answers the changes that had an effect. */
  readonly apply: (changes: readonly ConfigChange[]) => ConfigChange[]
  /** Hears of every value changed or removed at or below `path`; the answer ends it. */
  readonly watch: (path: readonly string[], watcher: Watcher) => () => void
}

export function createConfigStore(initial: readonly ConfigChange[], log: ChangeLog): ConfigStore {
  const tree = createConfigTree(initial)
  const watchers = new Set<{ readonly path: readonly string[]; readonly watcher: Watcher }>()
  return {
    tree,
    apply: changes => {
      const news: ConfigChange[] = []
      const effective: ConfigChange[] = []
      for (const change of changes) {
        const before = JSON.stringify(tree.get(change.path))
        if (!tree.apply(change)) continue
        effective.push(change)
        if (JSON.stringify(tree.get(change.path)) !== before) news.push(change)
      }
      log(effective)
      for (const change of news) {
        for (const { path, watcher } of watchers) {
          if (change.what !== 'interiorAdded' && isAtOrBelow(change.path, path)) watcher(change)
        }
      }
      return effective
    },
    watch: (path, watcher) => {
      const entry = { path, watcher }
      watchers.add(entry)
      return () => watchers.delete(entry)
    },
  }
}

function isAtOrBelow(path: readonly string[], top: readonly string[]): boolean {
  return top.every((name, index) => path[index]?.toLowerCase() === name.toLowerCase())
}
