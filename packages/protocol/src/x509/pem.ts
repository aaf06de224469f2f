/** PEM (RFC 7468), read leniently: files in the field carry text, attributes and either kind of line end. */

export function encodePem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/gu) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** One block of a text: its label, its whole text, and its bytes. */
export interface PemBlock {
  label: string
  text: string
  der: Buffer
}

/** Every block in the order of the text. What stands around and between them is passed over. */
export function readPem(text: string): PemBlock[] {
  const blocks = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/gu
  return [...text.matchAll(blocks)].map(([whole, label = '', body = '']) => ({
    label,
    text: `${whole.replaceAll('\r', '')}\n`,
    der: Buffer.from(withoutHeaders(body), 'base64'),
  }))
}

/** An encrypted key's block starts with headers (RFC 1421), which end at an empty line. */
function withoutHeaders(body: string): string {
  const lines = body.replaceAll('\r', '').trim().split('\n')
  const lastHeader = lines.findLastIndex(line => line.includes(':'))
  return lines.slice(lastHeader + 1).join('')
}
