/** Chance that can be repeated: the same seed, the same throws. */
export class Dice {
  #state: number

  constructor(seed: number) {
    // A state of zero would stay zero for ever.
    this.#state = Math.imul(seed, 0x9e37_79b1) | 1
  }

  /** @returns a whole number from 0 to `count` - 1; 0 where there is nothing to choose from */
  below(count: number): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return count < 2 ? 0 : (x >>> 0) % count
  }

  /** True once in `n` throws. */
  onceIn(n: number): boolean {
    return this.below(n) === 0
  }

  pick<T>(first: T, ...more: readonly T[]): T {
    return more[this.below(more.length + 1) - 1] ?? first
  }

  /** @returns undefined only for an empty list */
  oneOf<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)]
  }
}
