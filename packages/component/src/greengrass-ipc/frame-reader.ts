import { decodeFrame, type Frame } from './event-stream.ts'

/** Puts the pieces in which a socket delivers bytes together again. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0)

  /** @throws FrameError where the bytes are no event stream; read no more after it. */
  push(piece: Buffer): Frame[] {
    this.#pending = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece])
    const frames: Frame[] = []
    for (;;) {
      const next = decodeFrame(this.#pending)
      if (next === undefined) return frames
      frames.push(next.frame)
      this.#pending = this.#pending.subarray(next.length)
    }
  }
}
