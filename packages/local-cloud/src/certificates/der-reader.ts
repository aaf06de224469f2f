/** One DER element: its tag, its content, and all of its bytes. */
export interface DerElement {
  tag: number
  content: Buffer
  bytes: Buffer
}

/** Bytes that are no DER, or no DER of the expected shape. */
export class DerError extends Error {}

/** Reads the one element that fills the buffer; anything after it is an error. */
export function readElement(bytes: Buffer): DerElement {
  const [only, ...rest] = readElements(bytes)
  if (only === undefined || rest.length > 0) throw new DerError('expected exactly one element')
  return only
}

/** Reads the elements that fill the buffer. Only definite, minimal lengths and low tag numbers are DER here. */
export function readElements(bytes: Buffer): DerElement[] {
  const elements: DerElement[] = []
  let offset = 0
  while (offset < bytes.length) {
    const element = elementAt(bytes, offset)
    elements.push(element)
    offset += element.bytes.length
  }
  return elements
}

/** The elements inside one that must have this tag. */
export function childrenOf(element: DerElement | undefined, tag: number): DerElement[] {
  return readElements(contentOf(element, tag))
}

export function contentOf(element: DerElement | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw new DerError(`expected an element with tag 0x${tag.toString(16)}`)
  return element.content
}

/** The object identifier in dotted form. */
export function readOid(element: DerElement | undefined): string {
  const content = contentOf(element, 0x06)
  const arcs: bigint[] = []
  let arc = 0n
  for (const [index, byte] of content.entries()) {
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    if (byte >= 0x80) {
      if (index === content.length - 1) throw new DerError('truncated object identifier')
      continue
    }
    arcs.push(arc)
    arc = 0n
  }
  const [first, ...rest] = arcs
  if (first === undefined) throw new DerError('empty object identifier')
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n
  return [root, first - root * 40n, ...rest].join('.')
}

/** A small non-negative INTEGER. */
export function readSmallInteger(element: DerElement | undefined): number {
  const content = contentOf(element, 0x02)
  const [first] = content
  if (first === undefined || first >= 0x80 || content.length > 4)
    throw new DerError('expected a small integer')
  return content.readUIntBE(0, content.length)
}

/** The bytes of a BIT STRING that is a whole number of bytes. */
export function readBitString(element: DerElement | undefined): Buffer {
  const content = contentOf(element, 0x03)
  if (content[0] !== 0) throw new DerError('expected a bit string of whole bytes')
  return content.subarray(1)
}

function elementAt(bytes: Buffer, offset: number): DerElement {
  const tag = bytes[offset]
  const first = bytes[offset + 1]
  if (tag === undefined || first === undefined) throw new DerError('truncated element')
  if ((tag & 0x1f) === 0x1f) throw new DerError('high tag numbers are not used here')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const start = offset + 2 + lengthBytes
  const length = first < 0x80 ? first : longLength(bytes.subarray(offset + 2, start), lengthBytes)
  if (start + length > bytes.length) throw new DerError('element is longer than its surroundings')
  return {
    tag,
    content: bytes.subarray(start, start + length),
    bytes: bytes.subarray(offset, start + length),
  }
}

function longLength(bytes: Buffer, count: number): number {
  if (count === 0 || count > 3 || bytes.length < count) throw new DerError('unsupported length')
  const length = bytes.readUIntBE(0, count)
  if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new DerError('length is not minimal')
  return length
}
