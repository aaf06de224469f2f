import { sqlParseError, type Token, tokenize } from './tokens.ts'

/** Reads tokens from left to right; keywords are matched without regard to case. */
export class TokenReader {
  readonly #tokens: Token[]
  #index = 0

  constructor(sql: string) {
    this.#tokens = tokenize(sql)
  }

  peek(): Token {
    return this.#tokens[this.#index] ?? { kind: 'end', text: 'the end', position: 0 }
  }

  next(): Token {
    const token = this.peek()
    this.#index += 1
    return token
  }

  isNext(text: string): boolean {
    const token = this.peek()
    return (token.kind === 'word' || token.kind === 'symbol') && token.text.toUpperCase() === text
  }

  take(text: string): boolean {
    if (!this.isNext(text)) return false
    this.#index += 1
    return true
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected(`Expected ${text}`)
  }

  expectKind(kind: Token['kind'], what: string): string {
    if (this.peek().kind !== kind) throw this.unexpected(`Expected ${what}`)
    return this.next().text
  }

  unexpected(expectation: string): Error {
    const { text, position } = this.peek()
    return sqlParseError(`${expectation}, found ${text} at position ${position} of the SQL`)
  }
}
