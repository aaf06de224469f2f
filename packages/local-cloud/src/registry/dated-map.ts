/** Milliseconds for which the past can be asked for. */
const memoryMs = 10 * 60 * 1000

interface Dated<V> {
  at: number
  value: V | undefined
}

/** A map that remembers for ten minutes what it held, so that reads can be stale on purpose. */
export class DatedMap<V> {
  readonly #versions = new Map<string, Dated<V>[]>()

  /** @param value undefined removes the key */
  set(key: string, value: V | undefined, now: number): void {
    const versions = this.#versions.get(key) ?? []
    const current = versions.findLastIndex(version => version.at <= now - memoryMs)
    const kept = current > 0 ? versions.slice(current) : versions
    this.#versions.set(key, [...kept, { at: now, value }])
    this.#forget(now)
  }

  get(key: string): V | undefined {
    return this.#versions.get(key)?.at(-1)?.value
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** What the map holds, in the order in which the keys first came. */
  entries(): [string, V][] {
    return this.#select(versions => versions.at(-1))
  }

  keys(): string[] {
    return this.entries().map(([key]) => key)
  }

  get size(): number {
    return this.entries().length
  }

  /** What the map held at that time; changes at that very moment are included. */
  asOf(time: number): [string, V][] {
    return this.#select(versions => versions.findLast(version => version.at <= time))
  }

  /** Whether the map holds the key now, or held it after that time. */
  heldSince(key: string, time: number): boolean {
    const versions = this.#versions.get(key) ?? []
    return versions.some(
      ({ value }, index) => value !== undefined && (versions[index + 1]?.at ?? Infinity) > time,
    )
  }

  heldAnythingSince(time: number): boolean {
    return [...this.#versions.keys()].some(key => this.heldSince(key, time))
  }

  #select(choose: (versions: readonly Dated<V>[]) => Dated<V> | undefined): [string, V][] {
    return [...this.#versions].flatMap(([key, versions]): [string, V][] => {
      const value = choose(versions)?.value
      return value === undefined ? [] : [[key, value]]
    })
  }

  #forget(now: number): void {
    for (const [key, versions] of this.#versions) {
      const last = versions.at(-1)
      if (last !== undefined && last.value === undefined && last.at <= now - memoryMs)
        this.#versions.delete(key)
    }
  }
}
