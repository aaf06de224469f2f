import { frameLength } from './event-stream.ts'

/** Cuts a byte stream into frames; throws `EventStreamError` as soon as a frame's beginning is wrong. */
export function createFrameReader(): (chunk: Uint8Array) => Uint8Array[] {
  let pending: Buffer = Buffer.alloc(0)
  return chunk => {
    pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk])
    const frames: Uint8Array[] = []
    for (;;) {
      const length = frameLength(pending)
      if (length === undefined || length > pending.length) return frames
      frames.push(pending.subarray(0, length))
      pending = pending.subarray(length)
    }
  }
}
