interface Node<K, V> {
  children: Map<string, Node<K, V>>
  /** Subscribers whose filter ends here. */
  here: Map<K, V>
  /** Subscribers whose filter ends here with `/#`. */
  below: Map<K, V>
}

const newNode = <K, V>(): Node<K, V> => ({ children: new Map(), here: new Map(), below: new Map() })

/**
 * Subscriptions by topic filter. Finding the subscribers of a topic takes as many steps as it has levels, times two to
 * the number of `+` on the way, whatever the number of subscriptions.
 */
export class TopicTrie<K, V> {
  readonly #root = newNode<K, V>()

  add(filter: string, key: K, value: V): void {
    let node = this.#root
    const { levels, below } = parsed(filter)
    for (const level of levels) {
      const child = node.children.get(level) ?? newNode<K, V>()
      node.children.set(level, child)
      node = child
    }
    ;(below ? node.below : node.here).set(key, value)
  }

  remove(filter: string, key: K): void {
    const { levels, below } = parsed(filter)
    const path: { parent: Node<K, V>; level: string }[] = []
    let node = this.#root
    for (const level of levels) {
      const child = node.children.get(level)
      if (child === undefined) return
      path.push({ parent: node, level })
      node = child
    }
    ;(below ? node.below : node.here).delete(key)
    for (const { parent, level } of path.toReversed()) {
      const child = parent.children.get(level)
      if (child === undefined || child.children.size + child.here.size + child.below.size > 0) return
      parent.children.delete(level)
    }
  }

  /** Calls once for each subscription that matches; a subscriber with overlapping filters is visited for each. */
  visit(topic: string, found: (key: K, value: V) => void): void {
    this.#descend(this.#root, topic.split('/'), 0, topic.startsWith('$'), found)
  }

  #descend(
    node: Node<K, V>,
    levels: readonly string[],
    depth: number,
    hidden: boolean,
    found: (key: K, value: V) => void,
  ): void {
    // Topics that begin with `$` are not matched by a wildcard in the first level.
    const wildcards = depth > 0 || !hidden
    if (wildcards) for (const [key, value] of node.below) found(key, value)
    const level = levels[depth]
    if (level === undefined) {
      for (const [key, value] of node.here) found(key, value)
      return
    }
    const exact = node.children.get(level)
    if (exact !== undefined) this.#descend(exact, levels, depth + 1, hidden, found)
    const any = wildcards ? node.children.get('+') : undefined
    if (any !== undefined) this.#descend(any, levels, depth + 1, hidden, found)
  }
}

function parsed(filter: string): { levels: string[]; below: boolean } {
  const levels = filter.split('/')
  const below = levels.at(-1) === '#'
  return { levels: below ? levels.slice(0, -1) : levels, below }
}
