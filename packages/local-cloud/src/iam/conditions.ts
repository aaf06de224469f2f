import { matchesPattern } from '../policies/wildcard.ts'
import { malformed } from './malformed.ts'

/** What a call or a service says of itself that a condition can ask for, by the key in lower case. */
export type RequestContext = Readonly<Record<string, string>>

/** A condition holds if any of its values does; with a negated operator, if none does. */
export interface Condition {
  operator: Operator
  isNegated: boolean
  /** Whether it also holds where the request says nothing of the key. */
  ifExists: boolean
  /** In lower case. */
  key: string
  values: readonly string[]
}

type Operator = keyof typeof operators

const like = (pattern: string, value: string): boolean => matchesPattern(pattern, value, () => undefined)

const operators = {
  StringEquals: (wanted: string, value: string) => wanted === value,
  StringEqualsIgnoreCase: (wanted: string, value: string) => wanted.toLowerCase() === value.toLowerCase(),
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (wanted: string, value: string) => wanted.toLowerCase() === value.toLowerCase(),
} as const

const negated: ReadonlyMap<string, Operator> = new Map([
  ['StringNotEquals', 'StringEquals'],
  ['StringNotEqualsIgnoreCase', 'StringEqualsIgnoreCase'],
  ['StringNotLike', 'StringLike'],
  ['ArnNotEquals', 'ArnEquals'],
  ['ArnNotLike', 'ArnLike'],
])

/** Keys that this cloud has values for; what each call has is said with the call's rights. */
const knownKeys: ReadonlySet<string> = new Set([
  'acm-pca:templatearn',
  'aws:principalaccount',
  'aws:requestedregion',
  'aws:sourceaccount',
  'aws:sourcearn',
])

/** @throws AwsError `MalformedPolicyDocument`, also for operators and keys that this cloud does not understand */
export function readConditions(block: unknown): Condition[] {
  return Object.entries(Object(block ?? {})).flatMap(([name, keys]) => {
    const ifExists = name.endsWith('IfExists')
    const plain = ifExists ? name.slice(0, -'IfExists'.length) : name
    const operator = negated.get(plain) ?? (isOperator(plain) ? plain : undefined)
    if (operator === undefined) throw malformed(`The condition operator ${name} is not in this cloud`)
    return Object.entries(Object(keys)).map(([givenKey, given]) => {
      const key = givenKey.toLowerCase()
      if (!knownKeys.has(key)) throw malformed(`The condition key ${givenKey} is not in this cloud`)
      const values = (Array.isArray(given) ? given : [given]).map(String)
      const variable = values.find(value => value.includes('${'))
      if (variable !== undefined) throw malformed(`Variables, as in ${variable}, are not in this cloud`)
      return { operator, isNegated: negated.has(plain), ifExists, key, values }
    })
  })
}

export function holds(condition: Condition, context: RequestContext): boolean {
  const actual = context[condition.key]
  if (actual === undefined) return condition.ifExists || condition.isNegated
  const matches = condition.values.some(wanted => operators[condition.operator](wanted, actual))
  return matches !== condition.isNegated
}

const isOperator = (name: string): name is Operator => Object.hasOwn(operators, name)

/** Each of the six parts of an ARN by itself: a `*` in the account does not reach into the resource. */
function arnLike(pattern: string, value: string): boolean {
  const [patterns, values] = [partsOf(pattern), partsOf(value)]
  return patterns.length === values.length && patterns.every((part, at) => like(part, values[at] ?? ''))
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':')
  return [...parts.slice(0, 5), parts.slice(5).join(':')]
}
