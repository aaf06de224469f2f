/** What happened in a run, line by line; kept only where somebody will read it. */
export interface Story {
  tell(who: string, what: string): void
}

export const untold: Story = { tell: () => {} }

/** Names for what has no readable one: `cert1` is the first certificate of the story. */
export class Aliases {
  readonly #known = new Map<string, string>()

  /** Every id of 64 hexadecimal digits in the text by its alias. */
  shorten(text: string): string {
    return text.replaceAll(/\b[0-9a-f]{64}\b/gu, id => {
      const alias = this.#known.get(id) ?? `id${this.#known.size + 1}`
      this.#known.set(id, alias)
      return alias
    })
  }
}

export class WrittenStory implements Story {
  readonly lines: string[] = []
  readonly #now: () => number
  readonly #beganAtMs: number
  readonly #aliases = new Aliases()

  constructor(now: () => number) {
    this.#now = now
    this.#beganAtMs = now()
  }

  tell(who: string, what: string): void {
    const time = ((this.#now() - this.#beganAtMs) / 1000).toFixed(2).padStart(9)
    this.lines.push(`${time} s  ${who.padEnd(18)}  ${this.#aliases.shorten(what)}`)
  }
}
