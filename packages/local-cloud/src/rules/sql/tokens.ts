import { AwsError } from '../../api/aws-error.ts'

export interface Token {
  kind: 'word' | 'number' | 'string' | 'symbol' | 'end'
  /** Words as written, strings without quotes. */
  text: string
  position: number
}

export const sqlParseError = (reason: string): AwsError => new AwsError('SqlParseException', 400, reason)

const word = /[A-Za-z_][A-Za-z0-9_]*/y
const number = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const string = /'((?:[^']|'')*)'/y
const symbol = /<>|!=|<=|>=|[()*,.+\-/%=<>]/y
const space = /\s+/y

function match(pattern: RegExp, sql: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position
  return pattern.exec(sql)
}

function tokenAt(sql: string, position: number): { token: Token; length: number } {
  const kinds = { word, number, string, symbol } as const
  for (const kind of ['word', 'number', 'string', 'symbol'] as const) {
    const found = match(kinds[kind], sql, position)
    if (found === null) continue
    const text = kind === 'string' ? (found[1] ?? '').replaceAll("''", "'") : found[0]
    return { token: { kind, text, position }, length: found[0].length }
  }
  throw sqlParseError(
    `Unexpected character ${JSON.stringify(sql[position])} at position ${position} of the SQL`,
  )
}

/** Cuts a statement into words, literals and symbols; the last token is always `end`. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = []
  let position = 0
  for (;;) {
    position += match(space, sql, position)?.[0].length ?? 0
    if (position >= sql.length) break
    const { token, length } = tokenAt(sql, position)
    tokens.push(token)
    position += length
  }
  tokens.push({ kind: 'end', text: 'the end', position })
  return tokens
}
