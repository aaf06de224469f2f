import { member, toNumber, toText } from './conversions.ts'
import type { Value } from './syntax.ts'

/** What a statement can know about the message that it looks at. */
export interface MessageContext {
  topic: string
  payload: Buffer
  /** Absent where the message did not come over MQTT. */
  clientId?: string
  /** The certificate id of an MQTT client; the role or user of a signed call. */
  principal?: string
  accountId: string
  traceId: string
  nowMs: number
  newUuid(): string
}

interface SqlFunction {
  least: number
  most: number
  apply(values: Value[], context: MessageContext): Value
}

const texts = (apply: (...given: string[]) => Value) => (values: Value[]) => {
  const given = values.map(toText)
  return given.every(text => text !== undefined) ? apply(...given) : undefined
}

function topicLevel(values: Value[], context: MessageContext): Value {
  if (values.length === 0) return context.topic
  const level = toNumber(values[0])
  return level === undefined || level < 1 ? undefined : context.topic.split('/')[Math.round(level) - 1]
}

function get(values: Value[]): Value {
  const [from, key] = values
  if (Array.isArray(from) && typeof key === 'number') return from[key]
  return typeof key === 'string' ? member(from, key) : undefined
}

function decoded(text: string): Value {
  const plain = Buffer.from(text, 'base64').toString()
  try {
    return JSON.parse(plain)
  } catch {
    return plain
  }
}

const functions: Readonly<Record<string, SqlFunction>> = {
  topic: { least: 0, most: 1, apply: topicLevel },
  clientid: { least: 0, most: 0, apply: (_, context) => context.clientId ?? 'n/a' },
  principal: { least: 0, most: 0, apply: (_, context) => context.principal },
  accountid: { least: 0, most: 0, apply: (_, context) => context.accountId },
  timestamp: { least: 0, most: 0, apply: (_, context) => context.nowMs },
  traceid: { least: 0, most: 0, apply: (_, context) => context.traceId },
  newuuid: { least: 0, most: 0, apply: (_, context) => context.newUuid() },
  isundefined: { least: 1, most: 1, apply: ([value]) => value === undefined },
  isnull: { least: 1, most: 1, apply: ([value]) => value === null },
  get: { least: 2, most: 2, apply: get },
  upper: { least: 1, most: 1, apply: texts((text = '') => text.toUpperCase()) },
  lower: { least: 1, most: 1, apply: texts((text = '') => text.toLowerCase()) },
  length: { least: 1, most: 1, apply: texts((text = '') => text.length) },
  concat: { least: 2, most: 16, apply: texts((...given) => given.join('')) },
  startswith: { least: 2, most: 2, apply: texts((text = '', start = '') => text.startsWith(start)) },
  endswith: { least: 2, most: 2, apply: texts((text = '', end = '') => text.endsWith(end)) },
  encode: {
    least: 2,
    most: 2,
    apply: ([value, scheme]) =>
      scheme === 'base64' && typeof value === 'string' ? Buffer.from(value).toString('base64') : undefined,
  },
  decode: {
    least: 2,
    most: 2,
    apply: ([value, scheme]) =>
      scheme === 'base64' && typeof value === 'string' ? decoded(value) : undefined,
  },
}

/** The functions that a statement may call, in lower case, and how many arguments each takes. */
export const functionArities: ReadonlyMap<string, { least: number; most: number }> = new Map(
  Object.entries(functions),
)

/** Arguments that do not fit make Undefined, not an error. */
export function applyFunction(name: string, values: Value[], context: MessageContext): Value {
  return functions[name]?.apply(values, context)
}
