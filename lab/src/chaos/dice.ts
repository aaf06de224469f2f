/** Chance, from a seed: the same seed throws the same dice. */
export interface Dice {
  /** From 0, below 1. */
  roll: () => number
  /** A whole number from `least` to `most`, both included. */
  between: (least: number, most: number) => number
  /** @throws where there is nothing to choose from */
  pick: <T>(items: readonly T[]) => T
  chance: (probability: number) => boolean
  /** Dice of their own for a part, so that one part's throws do not shift another's. */
  split: () => Dice
}

/** Mulberry32: a small generator with a state of 32 bits, good enough to choose faults. */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number): number => least + Math.floor(roll() * (most - least + 1))
  return {
    roll,
    between,
    pick: items => {
      const [first] = items.slice(between(0, items.length - 1))
      if (first === undefined) throw new Error('There is nothing to choose from.')
      return first
    },
    chance: probability => roll() < probability,
    split: () => dice(between(0, 2 ** 31)),
  }
}
