/**
 * Distinguished Encoding Rules (ITU-T X.690), as much as certificates and signing requests need.
 *
 * Our own because every X.509 library costs the device more memory than the component may use in all.
 */

export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
} as const

/** Tag of a constructed, context-specific element: `[n]`. */
export const context = (n: number): number => 0xa0 | n

export function element(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), encodeLength(content.length), content])
}

export const sequence = (...contents: Uint8Array[]): Buffer => element(tags.sequence, ...contents)
export const nullElement: Buffer = element(tags.null)
/** @param value 0 to 127 */
export const smallInteger = (value: number): Buffer => element(tags.integer, Buffer.from([value]))
/** @param magnitude a natural number, most significant byte first */
export function unsignedInteger(magnitude: Uint8Array): Buffer {
  const first = magnitude.findIndex(byte => byte !== 0)
  const digits = first === -1 ? Buffer.alloc(1) : Buffer.from(magnitude.subarray(first))
  return element(tags.integer, Buffer.alloc(digits.readInt8() < 0 ? 1 : 0), digits)
}
export const bitString = (bytes: Uint8Array): Buffer => element(tags.bitString, Buffer.from([0]), bytes)

/** @param dotted such as `1.2.840.10045.4.3.2` */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(tags.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes = []
  for (let left = length; left > 0; left = Math.floor(left / 0x100)) bytes.unshift(left % 0x100)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

/** One element as it was read: its content, and all of its bytes with tag and length. */
export interface Element {
  tag: number
  content: Buffer
  whole: Buffer
}

export class DerError extends Error {
  override name = 'DerError'
}

/** Reads the elements that fill `bytes`; throws {@link DerError} where they do not, or are not distinguished. */
export function readElements(bytes: Buffer): Element[] {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const next = readElement(bytes.subarray(at))
    found.push(next)
    at += next.whole.length
  }
  return found
}

/** Reads one element that fills `bytes` and has this tag, and gives the elements inside. */
export function readInside(bytes: Buffer, tag: number): Element[] {
  const [only, ...more] = readElements(bytes)
  if (only === undefined || more.length > 0 || only.tag !== tag) {
    throw new DerError(`expected one element with tag ${tag}`)
  }
  return readElements(only.content)
}

function readElement(bytes: Buffer): Element {
  const [tag, first] = bytes
  if (tag === undefined || first === undefined) throw new DerError('an element is cut short')
  if ((tag & 0x1f) === 0x1f) throw new DerError('tags above 30 are not used here')
  const { length, header } = first < 0x80 ? { length: first, header: 2 } : readLongLength(bytes, first & 0x7f)
  const end = header + length
  if (end > bytes.length) throw new DerError('an element is longer than what holds it')
  return { tag, content: bytes.subarray(header, end), whole: bytes.subarray(0, end) }
}

function readLongLength(bytes: Buffer, count: number): { length: number; header: number } {
  const header = 2 + count
  if (count === 0 || count > 4 || bytes.length < header) throw new DerError('a length cannot be read')
  const length = bytes.readUIntBE(2, count)
  if (length < 0x80 || bytes[2] === 0) throw new DerError('a length is not in its shortest form')
  return { length, header }
}
