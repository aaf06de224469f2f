import { crc32 } from 'node:zlib'
import type { Dice } from '../dice.ts'
import { mutateBytes } from './bytes.ts'

/**
 * Changes what stands in a frame of the event stream and makes its lengths and checksums right again, so that the
 * change is seen by what comes after them; sometimes they stay wrong.
 */
export function mutateFrames(input: Buffer, dice: Dice, others: readonly Buffer[]): Buffer {
  const frames = split(input)
  const at = dice.below(frames.length)
  const frame = frames[at]
  if (frame === undefined || dice.onceIn(6)) return mutateBytes(input, dice, others)
  if (dice.onceIn(8)) return Buffer.concat(frames.toSpliced(at, 0, frame))
  const headersLength = frame.readUInt32BE(4)
  const headers = frame.subarray(12, 12 + headersLength)
  const payload = frame.subarray(12 + headersLength, -4)
  const changed = dice.onceIn(3)
    ? seal(headers, mutateBytes(payload, dice, []), 0)
    : seal(mutateBytes(headers, dice, [headers]), payload, dice.onceIn(12) ? dice.below(5) - 2 : 0)
  return Buffer.concat(frames.with(at, changed))
}

/** Whole frames only; what follows them is dropped. */
function split(input: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let rest = input; rest.length >= 16; ) {
    const [length, headersLength] = [rest.readUInt32BE(0), rest.readUInt32BE(4)]
    if (length > rest.length || headersLength + 16 > length) break
    frames.push(rest.subarray(0, length))
    rest = rest.subarray(length)
  }
  return frames
}

/** @param lie how much the length of the headers is wrong by */
export function seal(headers: Buffer, payload: Buffer, lie = 0): Buffer {
  const frame = Buffer.concat([Buffer.alloc(12), headers, payload, Buffer.alloc(4)])
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(Math.max(0, headers.length + lie), 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4)
  return frame
}
