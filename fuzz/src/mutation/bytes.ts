import type { Dice } from '../dice.ts'

/** No input grows beyond this, in bytes: more than any message that AWS IoT carries. */
export const longestInput = 256 * 1024

const edges = [0x00, 0x01, 0x0a, 0x0d, 0x20, 0x22, 0x30, 0x7f, 0x80, 0x81, 0x84, 0xc3, 0xf0, 0xff]

/** Changes bytes without knowing what they mean. */
export function mutateBytes(input: Buffer, dice: Dice, others: readonly Buffer[]): Buffer {
  const at = dice.below(input.length + 1)
  const length = 1 + dice.below(dice.pick(1, 2, 4, 16, 64))
  const [before, after] = [input.subarray(0, at), input.subarray(at)]
  switch (dice.below(8)) {
    case 0:
      return withByte(input, at, (input[at] ?? 0) ^ (1 << dice.below(8)))
    case 1:
      return withByte(input, at, dice.oneOf(edges) ?? 0)
    case 2:
      return Buffer.concat([before, Buffer.from([dice.oneOf(edges) ?? 0]), after])
    case 3:
      return Buffer.concat([before, after.subarray(length)])
    case 4:
      return Buffer.concat([before, after.subarray(0, length), after])
    case 5:
      return Buffer.from(before)
    case 6:
      return Buffer.concat([before, spliced(dice, others, length), after]).subarray(0, longestInput)
    default:
      return withByte(input, at, dice.below(256))
  }
}

function withByte(input: Buffer, at: number, byte: number): Buffer {
  const changed = Buffer.from(input)
  if (at < changed.length) changed[at] = byte
  return changed
}

/** A piece of another input. */
function spliced(dice: Dice, others: readonly Buffer[], length: number): Buffer {
  const other = dice.oneOf(others) ?? Buffer.alloc(0)
  const from = dice.below(other.length)
  return other.subarray(from, from + length * 4)
}
