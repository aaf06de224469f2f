/** One piece of a pattern: text that must be there, `?` for one character, `*` for any number of them. */
type Piece = { text: string } | '?' | '*'

/**
 * Whether a value fits a pattern with `*`, `?` and `${variables}`. The value of a variable is always literal: a client
 * that calls itself `*` gets no further for it. A variable without a value fits nothing.
 *
 * `${*}`, `${?}` and `${$}` stand for the characters themselves.
 */
export function matchesPattern(
  pattern: string,
  value: string,
  variable: (name: string) => string | undefined,
): boolean {
  const pieces = piecesOf(pattern, variable)
  return pieces !== undefined && matches(pieces, value)
}

function piecesOf(pattern: string, variable: (name: string) => string | undefined): Piece[] | undefined {
  const pieces: Piece[] = []
  for (const part of pattern.split(/(\$\{[^}]*\}|[*?])/)) {
    if (part === '*' || part === '?') {
      pieces.push(part)
    } else if (part.startsWith('${') && part.endsWith('}')) {
      const name = part.slice(2, -1)
      const text = name === '*' || name === '?' || name === '$' ? name : variable(name)
      if (text === undefined) return undefined
      pieces.push({ text })
    } else if (part !== '') {
      pieces.push({ text: part })
    }
  }
  return pieces
}

/** Linear in practice: on a mismatch only the last `*` is tried again, one character further. */
function matches(pieces: readonly Piece[], value: string): boolean {
  let piece = 0
  let at = 0
  let retry: { piece: number; at: number } | undefined
  for (;;) {
    const current = pieces[piece]
    if (current === undefined && at === value.length) return true
    if (current === '*') {
      retry = { piece: piece + 1, at }
      piece += 1
      continue
    }
    const consumed = current === undefined ? undefined : consumes(current, value, at)
    if (consumed !== undefined) {
      piece += 1
      at += consumed
    } else if (retry === undefined || retry.at >= value.length) {
      return false
    } else {
      retry = { piece: retry.piece, at: retry.at + 1 }
      piece = retry.piece
      at = retry.at
    }
  }
}

function consumes(piece: Exclude<Piece, '*'>, value: string, at: number): number | undefined {
  if (piece === '?') return at < value.length ? 1 : undefined
  return value.startsWith(piece.text, at) ? piece.text.length : undefined
}
