import type { Dice } from './dice.ts'

/**
 * Makes a new input of one that is known, mostly so that it stays near what the parser takes.
 *
 * @param others known inputs to borrow from
 */
export type Mutate = (input: Buffer, dice: Dice, others: readonly Buffer[]) => Buffer

/** One parser of outside input, and everything that must be true of it. */
export interface Target {
  /** Also the folder of its corpus. */
  name: string
  mutate: Mutate
  /**
   * Gives the input to the parser and judges what comes back.
   *
   * @returns what became of the input in a few words; inputs with a new answer are kept and mutated further
   * @throws for everything that is wrong: an error that the parser may not throw, or a {@link WrongBehaviour}
   */
  execute(input: Buffer): string | Promise<string>
  /** One execution takes milliseconds rather than a fraction of one. */
  isSlow?: boolean
  /** Real inputs by name, from which the corpus is begun. */
  seeds(): Record<string, string | Buffer> | Promise<Record<string, string | Buffer>>
}

/** The parser returned, but what it returned is wrong. */
export class WrongBehaviour extends Error {
  override name = 'WrongBehaviour'
}

export function claim(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new WrongBehaviour(otherwise)
}

/** The words of a problem without what the input put into them, so that alike ends are told alike. */
export const wordsOf = (problem: string): string =>
  problem
    .replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/gsu, '…')
    .replaceAll(/\(.*?\)|\d+/gsu, '0')
    .replaceAll(/[^ -~…]+/gu, '?')
    .slice(0, 80)
