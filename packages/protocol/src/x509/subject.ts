import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { type Element, readInside, tags } from './der.ts'

const stringEncodings = new Map<number, BufferEncoding>([
  [tags.utf8String, 'utf8'],
  // PrintableString, IA5String, TeletexString
  [0x13, 'latin1'],
  [0x16, 'latin1'],
  [0x14, 'latin1'],
])

/**
 * SHA-256 of a subject in hexadecimal, the same for every string type that its words are written in.
 *
 * An authority may write the words of a request in another type than the request did, and the device copies the
 * subject of what it got: their bytes differ, and they name the same device (RFC 5280 §7.1).
 *
 * @param name the Name in DER; throws `DerError` for what is none
 */
export function subjectDigest(name: Buffer): string {
  const parts = readInside(name, tags.sequence).map(({ whole }) =>
    readInside(whole, tags.set)
      .map(attribute => JSON.stringify(readInside(attribute.whole, tags.sequence).map(readable)))
      .toSorted(),
  )
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Whether two Names, in DER, name the same, in whatever string types. What cannot be read is only like itself. */
export function isSameSubject(a: Buffer, b: Buffer): boolean {
  if (a.equals(b)) return true
  try {
    return subjectDigest(a) === subjectDigest(b)
  } catch {
    return false
  }
}

/** Words as text, and what has no words in another form, so that no words can be taken for it. */
function readable({ tag, content }: Element): string | [tag: number, hex: string] {
  const encoding = stringEncodings.get(tag)
  const hasWords = encoding !== undefined && (encoding !== 'utf8' || isUtf8(content))
  return hasWords ? content.toString(encoding) : [tag, content.toString('hex')]
}
