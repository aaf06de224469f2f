import type { Dice } from '../dice.ts'
import type { Mutate } from '../target.ts'
import { longestInput, mutateBytes } from './bytes.ts'
import { strangeJson, strangeNames } from './strange.ts'
import { mutateText } from './text.ts'

/** JSON as it is written rather than as it is read: a name may come twice, and a number may be too large. */
type Node =
  | { kind: 'object'; members: [name: string, value: Node][] }
  | { kind: 'array'; items: Node[] }
  | { kind: 'text'; text: string }
  /** Anything else, as its JSON. */
  | { kind: 'raw'; json: string }

/** Changes one value of a JSON text, or its name; a text that is none is changed byte by byte. */
export const jsonOf =
  (words: readonly string[] = []): Mutate =>
  (input, dice, others) => {
    const tree = dice.onceIn(12) ? undefined : read(input)
    if (tree === undefined) return mutateBytes(input, dice, others)
    const borrowed = read(dice.oneOf(others) ?? input)
    const values = borrowed === undefined ? [] : inside(borrowed)
    return Buffer.from(write(change(tree, dice, { words, values }))).subarray(0, longestInput)
  }

const deepest = 500

interface Supplies {
  /** Texts that mean something to the parser. */
  words: readonly string[]
  /** Values of another input. */
  values: readonly Node[]
}

/** Goes down from the top until a throw says that this is the place. */
function change(node: Node, dice: Dice, supplies: Supplies): Node {
  const goesOn = !dice.onceIn(5)
  if (goesOn && node.kind === 'object' && node.members.length > 0) {
    const at = dice.below(node.members.length)
    const members = node.members.map<[string, Node]>(([name, value], index) =>
      index === at ? [name, change(value, dice, supplies)] : [name, value],
    )
    return { kind: 'object', members }
  }
  if (goesOn && node.kind === 'array' && node.items.length > 0) {
    const at = dice.below(node.items.length)
    const items = node.items.map((item, index) => (index === at ? change(item, dice, supplies) : item))
    return { kind: 'array', items }
  }
  if (node.kind === 'object' && !dice.onceIn(4)) return changeMembers(node.members, dice, supplies)
  if (node.kind === 'array' && !dice.onceIn(4)) return changeItems(node.items, dice, supplies)
  if (node.kind === 'text' && !dice.onceIn(3)) {
    return { kind: 'text', text: mutateText(node.text, dice, supplies.words) }
  }
  return replacement(node, dice, supplies)
}

function replacement(node: Node, dice: Dice, { words, values }: Supplies): Node {
  switch (dice.below(6)) {
    case 0:
      return dice.oneOf(values) ?? node
    case 1:
      return { kind: 'text', text: dice.oneOf(words) ?? '' }
    case 2:
      return { kind: 'array', items: dice.onceIn(2) ? [node] : [node, node] }
    case 3:
      return { kind: 'raw', json: String(dice.below(10) - 2) }
    default:
      return { kind: 'raw', json: dice.oneOf(strangeJson) ?? 'null' }
  }
}

function changeMembers(members: [string, Node][], dice: Dice, supplies: Supplies): Node {
  const at = dice.below(members.length)
  const [name, value] = members[at] ?? ['', { kind: 'raw', json: 'null' } satisfies Node]
  const other = dice.oneOf(dice.onceIn(3) ? strangeNames : supplies.words) ?? name
  const changed = (): Node => replacement(value, dice, supplies)
  switch (dice.below(4)) {
    case 0:
      return { kind: 'object', members: members.toSpliced(at, 1) }
    case 1:
      return { kind: 'object', members: members.toSpliced(at, 1, [other, value]) }
    case 2:
      return { kind: 'object', members: [...members, [name, changed()]] }
    default:
      return { kind: 'object', members: [...members, [other, changed()]] }
  }
}

function changeItems(items: Node[], dice: Dice, supplies: Supplies): Node {
  const at = dice.below(items.length)
  const item = items[at] ?? ({ kind: 'raw', json: 'null' } satisfies Node)
  switch (dice.below(3)) {
    case 0:
      return { kind: 'array', items: items.toSpliced(at, 1) }
    case 1:
      return { kind: 'array', items: Array.from({ length: timesOf(item, dice) }, () => item) }
    default:
      return { kind: 'array', items: items.toSpliced(at, 0, replacement(item, dice, supplies)) }
  }
}

/** As often as it still fits into an input. */
const timesOf = (item: Node, dice: Dice): number =>
  Math.min(dice.pick(2, 40, 3_000), Math.floor(longestInput / (write(item).length + 1)))

function read(input: Buffer): Node | undefined {
  try {
    return nodeOf(JSON.parse(input.toString()), deepest)
  } catch {
    return undefined
  }
}

/** @param levels what is nested deeper is no tree to climb in: this throws */
function nodeOf(value: unknown, levels: number): Node {
  if (levels === 0) throw new RangeError('nested too deep')
  if (typeof value === 'string') return { kind: 'text', text: value }
  if (Array.isArray(value)) return { kind: 'array', items: value.map(item => nodeOf(item, levels - 1)) }
  if (typeof value !== 'object' || value === null) return { kind: 'raw', json: JSON.stringify(value) }
  const members = Object.entries(value).map<[string, Node]>(([name, inner]) => [
    name,
    nodeOf(inner, levels - 1),
  ])
  return { kind: 'object', members }
}

/** Every value in it, itself first. */
function inside(node: Node): Node[] {
  if (node.kind === 'object') return [node, ...node.members.flatMap(([, value]) => inside(value))]
  return node.kind === 'array' ? [node, ...node.items.flatMap(inside)] : [node]
}

function write(node: Node): string {
  switch (node.kind) {
    case 'object':
      return `{${node.members.map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`
    case 'array':
      return `[${node.items.map(write).join(',')}]`
    case 'text':
      return JSON.stringify(node.text)
    case 'raw':
      return node.json
  }
}
