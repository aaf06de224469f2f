import { createHash } from 'node:crypto'
import { type Element, readElements, readInside, tags } from './der.ts'

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
      .map(attribute => JSON.stringify(readElements(attribute.content).map(readable)))
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

function readable({ tag, content }: Element): string {
  const encoding = stringEncodings.get(tag)
  return encoding === undefined ? `${tag}:${content.toString('hex')}` : content.toString(encoding)
}
