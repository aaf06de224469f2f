/** Counts what happens within each second and says when it is too much. */
export class RateMeter {
  readonly #limit: number
  #second = -1
  #count = 0

  constructor(limitPerSecond: number) {
    this.#limit = limitPerSecond
  }

  /** @returns false where this one exceeds the limit of its second */
  admit(now: number): boolean {
    const second = Math.floor(now / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#count = 0
    }
    this.#count += 1
    return this.#count <= this.#limit
  }
}
