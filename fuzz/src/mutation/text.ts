import type { Dice } from '../dice.ts'
import type { Mutate } from '../target.ts'
import { longestInput, mutateBytes } from './bytes.ts'
import { strangeTexts } from './strange.ts'

/** Changes one text: cut, doubled, upper case, or with something strange in it. */
export function mutateText(text: string, dice: Dice, words: readonly string[] = []): string {
  const at = dice.below(text.length + 1)
  const length = 1 + dice.below(dice.pick(1, 3, 10))
  const [before, after] = [text.slice(0, at), text.slice(at)]
  const inserted = dice.oneOf(dice.onceIn(2) && words.length > 0 ? words : strangeTexts) ?? ''
  switch (dice.below(7)) {
    case 0:
      return before
    case 1:
      return before + after.slice(length)
    case 2:
      return before + after.slice(0, length).repeat(dice.pick(2, 2, 2, 50)) + after
    case 3:
      return dice.onceIn(2) ? text.toUpperCase() : text.toLowerCase()
    case 4:
      return inserted
    default:
      return before + inserted + after
  }
}

/** Text of a language with words of its own. */
export const textOf =
  (words: readonly string[]): Mutate =>
  (input, dice, others) => {
    if (dice.onceIn(4)) return mutateBytes(input, dice, others)
    return limited(mutateText(input.toString(), dice, words))
  }

/** Lines: moved, doubled, dropped, borrowed, or one of them changed in itself. */
export const linesOf =
  (mutateLine: Mutate): Mutate =>
  (input, dice, others) => {
    const lines = input.toString().split('\n')
    const at = dice.below(lines.length)
    const other = dice.oneOf(others)?.toString().split('\n') ?? []
    switch (dice.below(8)) {
      case 0:
        return limited(lines.toSpliced(at, 1).join('\n'))
      case 1:
        return limited(lines.toSpliced(dice.below(lines.length), 0, lines[at] ?? '').join('\n'))
      case 2:
        return limited(lines.toSpliced(at, 0, dice.oneOf(other) ?? '').join('\n'))
      case 3:
        return mutateBytes(input, dice, others)
      default: {
        const line = mutateLine(Buffer.from(lines[at] ?? ''), dice, [])
        return limited(lines.with(at, line.toString()).join('\n'))
      }
    }
  }

/** A first line, such as a topic, and below it what belongs to it. */
export const headed =
  (mutateHead: Mutate, mutateBody: Mutate): Mutate =>
  (input, dice, others) => {
    const { head, body } = splitHead(input)
    if (dice.onceIn(6)) return joinHead(mutateHead(head, dice, others), body)
    if (dice.onceIn(12)) return joinHead(head, splitHead(dice.oneOf(others) ?? input).body)
    const borrowed = splitHead(dice.oneOf(others) ?? input).body
    return joinHead(head, mutateBody(body, dice, [borrowed]))
  }

/** The first line, and everything after it. */
export function splitHead(input: Buffer): { head: Buffer; body: Buffer } {
  const end = input.indexOf(0x0a)
  if (end === -1) return { head: input, body: Buffer.alloc(0) }
  return { head: input.subarray(0, end), body: input.subarray(end + 1) }
}

export const joinHead = (head: Uint8Array | string, body: Uint8Array | string): Buffer =>
  Buffer.concat([Buffer.from(head), Buffer.from('\n'), Buffer.from(body)])

/** Chooses one of several ways each time. */
export const anyOf =
  (first: Mutate, ...more: readonly Mutate[]): Mutate =>
  (input, dice, others) =>
    dice.pick(first, ...more)(input, dice, others)

const limited = (text: string): Buffer => Buffer.from(text).subarray(0, longestInput)
