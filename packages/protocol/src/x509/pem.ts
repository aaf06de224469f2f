/** PEM (RFC 7468), read leniently: files in the field carry text, headers and either kind of line end. */

export function encodePem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der).toString('base64')
  const lines = Array.from({ length: Math.ceil(base64.length / 64) }, (_, n) =>
    base64.slice(n * 64, n * 64 + 64),
  )
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** One block of a text: its label, its own lines, and its bytes. */
export interface PemBlock {
  label: string
  text: string
  der: Buffer
}

/** Every complete block in the order of the text. What stands around and between them is passed over. */
export function readPem(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  let open: { label: string; lines: string[] } | undefined
  for (const line of text.split(/\r?\n/u).map(raw => raw.trim())) {
    const begin = /^-----BEGIN ([A-Z0-9 ]+)-----$/u.exec(line)?.[1]
    if (begin !== undefined) open = { label: begin, lines: [] }
    else if (open !== undefined && line === `-----END ${open.label}-----`) {
      blocks.push(closeBlock(open.label, open.lines))
      open = undefined
    } else open?.lines.push(line)
  }
  return blocks
}

function closeBlock(label: string, lines: string[]): PemBlock {
  // An encrypted key's block starts with headers (RFC 1421): they are no part of the base64.
  const body = lines.slice(lines.findLastIndex(line => line.includes(':')) + 1)
  return {
    label,
    text: [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n'),
    der: Buffer.from(body.join(''), 'base64'),
  }
}
