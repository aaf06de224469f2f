import type { Dice } from '../dice.ts'
import { mutateBytes } from './bytes.ts'

/** An element of DER as it is to be written; `length` may lie about its content. */
interface Node {
  tag: number
  /** What stands before the elements in the content: the unused bits of a bit string that holds DER. */
  prefix: Buffer
  content: Buffer | Node[]
  /** Bytes of the length as they are to be written, where they are not those of the content. */
  length?: Buffer
}

const tags = [0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x14, 0x16, 0x18, 0x1e, 0x30, 0x31, 0xa0, 0x1f, 0x24]
/** Indefinite, not minimal, larger than everything. */
const lies = [[0x80], [0x81, 0x01], [0x82, 0x00, 0x05], [0x84, 0xff, 0xff, 0xff, 0xff], [0x88, 1], [0xff]]

/** Changes one element of DER and corrects the lengths around it, unless a wrong length is the change. */
export function mutateDer(input: Buffer, dice: Dice, others: readonly Buffer[]): Buffer {
  const nodes = readNodes(input)
  if (nodes === undefined || dice.onceIn(10)) return mutateBytes(input, dice, others)
  const donors = (readNodes(dice.oneOf(others) ?? input) ?? []).flatMap(inside)
  return Buffer.concat(changeOne(nodes, dice, donors).map(write))
}

function changeOne(nodes: readonly Node[], dice: Dice, donors: readonly Node[]): Node[] {
  const at = dice.below(nodes.length)
  const node = nodes[at]
  if (node === undefined) return [{ tag: 0x05, prefix: Buffer.alloc(0), content: Buffer.alloc(0) }]
  if (Array.isArray(node.content) && !dice.onceIn(6)) {
    return nodes.with(at, { ...node, content: changeOne(node.content, dice, donors) })
  }
  switch (dice.below(7)) {
    case 0:
      return nodes.toSpliced(at, 1)
    case 1:
      return nodes.toSpliced(at, 0, node)
    case 2:
      return nodes.with(at, dice.oneOf(donors) ?? node)
    case 3:
      return nodes.with(at, { ...node, tag: dice.oneOf(tags) ?? 0 })
    case 4:
      return nodes.with(at, { ...node, length: Buffer.from(dice.oneOf(lies) ?? []) })
    case 5:
      return nodes.with(at, { ...node, prefix: Buffer.concat([node.prefix, Buffer.from([dice.below(256)])]) })
    default:
      return nodes.with(at, { ...node, content: mutateBytes(contentOf(node), dice, []) })
  }
}

/** Every element that can be read, as a tree; undefined where the bytes are no DER. */
function readNodes(bytes: Buffer): Node[] | undefined {
  const nodes: Node[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0
    const first = bytes[at + 1]
    if (first === undefined) return undefined
    const more = first < 0x80 ? 0 : first & 0x7f
    if (more > 4 || (first >= 0x80 && more === 0) || at + 2 + more > bytes.length) return undefined
    const length = more === 0 ? first : bytes.readUIntBE(at + 2, more)
    const start = at + 2 + more
    if (start + length > bytes.length) return undefined
    nodes.push(nodeOf(tag, bytes.subarray(start, start + length)))
    at = start + length
  }
  return nodes
}

const constructed = 0x20
const bitString = 0x03

function nodeOf(tag: number, content: Buffer): Node {
  const prefix = content.subarray(0, tag === bitString && content[0] === 0 && content[1] === 0x30 ? 1 : 0)
  const holdsElements = (tag & constructed) !== 0 || prefix.length > 0
  const elements = holdsElements ? readNodes(content.subarray(prefix.length)) : undefined
  return elements === undefined
    ? { tag, prefix: Buffer.alloc(0), content }
    : { tag, prefix, content: elements }
}

const inside = (node: Node): Node[] =>
  Array.isArray(node.content) ? [node, ...node.content.flatMap(inside)] : [node]

const contentOf = ({ content }: Node): Buffer =>
  Array.isArray(content) ? Buffer.concat(content.map(write)) : content

function write(node: Node): Buffer {
  const content = Buffer.concat([node.prefix, contentOf(node)])
  return Buffer.concat([Buffer.from([node.tag]), node.length ?? lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  return length < 0x100
    ? Buffer.from([0x81, length])
    : Buffer.from([0x82, (length >>> 8) & 0xff, length & 0xff])
}
