import { frameLength } from './event-stream.ts'

/**
 * Cuts a byte stream into frames; throws `EventStreamError` as soon as a frame's beginning is wrong. Chunks
 * are joined only once a frame is whole, so a large frame in small chunks costs no more than its length.
 */
export function createFrameReader(): (chunk: Uint8Array) => Uint8Array[] {
  let chunks: Uint8Array[] = []
  let have = 0
  let need = 12
  return chunk => {
    chunks.push(chunk)
    have += chunk.length
    if (have < need) return []
    let pending = Buffer.concat(chunks)
    const frames: Uint8Array[] = []
    for (;;) {
      const length = frameLength(pending)
      need = length ?? 12
      if (pending.length < need) break
      frames.push(pending.subarray(0, need))
      pending = pending.subarray(need)
    }
    chunks = [pending]
    have = pending.length
    return frames
  }
}
