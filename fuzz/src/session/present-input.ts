import { longestInput } from '../mutation/bytes.ts'

const headerBytes = 8

/**
 * The input that a parser is given at this moment, in memory that two threads share: when the parser never comes back,
 * the other thread still knows it.
 */
export class PresentInput {
  readonly memory: SharedArrayBuffer
  readonly #numbers: Int32Array
  readonly #bytes: Uint8Array

  constructor(memory = new SharedArrayBuffer(headerBytes + longestInput)) {
    this.memory = memory
    this.#numbers = new Int32Array(memory, 0, 2)
    this.#bytes = new Uint8Array(memory, headerBytes)
  }

  write(input: Buffer): void {
    this.#bytes.set(input.subarray(0, longestInput))
    this.#numbers[1] = input.length
    Atomics.add(this.#numbers, 0, 1)
  }

  /** How many inputs were written so far. */
  get count(): number {
    return Atomics.load(this.#numbers, 0)
  }

  read(): Buffer {
    return Buffer.from(this.#bytes.slice(0, this.#numbers[1]))
  }
}
