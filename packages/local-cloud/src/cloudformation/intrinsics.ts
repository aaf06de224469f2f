import { type Members, membersOf, validationError } from './template.ts'

/** What stands behind names while a stack is made. */
export interface Scope {
  /** Parameters, pseudo parameters, and the physical ids of resources that are made. */
  ref(name: string): unknown
  attribute(logicalId: string, name: string): unknown
  /** Whether a condition holds. */
  condition(name: string): boolean
  mappings: Members
}

/** The value of `AWS::NoValue`: what has it is left out. */
export const noValue: unique symbol = Symbol('AWS::NoValue')

/** The name and argument of `{ "Fn::…": … }`, `{ "Ref": … }` or `{ "Condition": … }`. */
export function intrinsicOf(value: Members): [name: string, argument: unknown] | undefined {
  const [first, ...more] = Object.entries(value)
  if (first === undefined || more.length > 0) return undefined
  const [name, argument] = first
  const isIntrinsic =
    name === 'Ref' || name.startsWith('Fn::') || (name === 'Condition' && typeof argument === 'string')
  return isIntrinsic ? [name, argument] : undefined
}

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw validationError(`Template error: ${name} takes a list.`)
  return value
}

/** `['Id', 'Attribute']` of Fn::GetAtt in both of its forms. */
export function attributeReference(argument: unknown): [string, string] {
  const [id, ...names] =
    typeof argument === 'string' ? argument.split('.') : list(argument, 'Fn::GetAtt').map(String)
  if (id === undefined || names.length === 0)
    throw validationError('Template error: Fn::GetAtt needs a resource and an attribute.')
  return [id, names.join('.')]
}

const placeholder = /\$\{(!?)([^}]+)\}/g

/** The names that `Fn::Sub` takes from the template. */
export function subReferences(argument: unknown): string[] {
  const [text, own] =
    typeof argument === 'string'
      ? [argument, {}]
      : [String(list(argument, 'Fn::Sub')[0]), list(argument, 'Fn::Sub')[1]]
  const names = [...text.matchAll(placeholder)]
    .filter(([, escaped]) => escaped === '')
    .map(([, , name = '']) => name)
  return names.filter(name => !Object.hasOwn(membersOf(own ?? {}, 'Fn::Sub'), name))
}

function sub(argument: unknown, scope: Scope): string {
  const [text, given] = typeof argument === 'string' ? [argument, {}] : list(argument, 'Fn::Sub')
  const own = membersOf(resolve(given ?? {}, scope), 'Fn::Sub')
  return String(text).replaceAll(placeholder, (_, escaped: string, name: string) => {
    if (escaped !== '') return `\${${name}}`
    if (Object.hasOwn(own, name)) return String(own[name])
    return String(name.includes('.') ? scope.attribute(...attributeReference(name)) : scope.ref(name))
  })
}

function select(argument: unknown, scope: Scope): unknown {
  const [index, from] = list(resolve(argument, scope), 'Fn::Select')
  const found = list(from, 'Fn::Select')[Number(index)]
  if (found === undefined)
    throw validationError(
      `Template error: Fn::Select cannot select nonexistent value at index ${String(index)}.`,
    )
  return found
}

function findInMap(argument: unknown, scope: Scope): unknown {
  const [map, top, second] = list(resolve(argument, scope), 'Fn::FindInMap').map(String)
  const rows = membersOf(scope.mappings[map ?? ''] ?? {}, `Mappings.${map}`)
  const found = membersOf(rows[top ?? ''] ?? {}, `Mappings.${map}.${top}`)[second ?? '']
  if (found === undefined)
    throw validationError(`Template error: Unable to get mapping for ${map}::${top}::${second}.`)
  return found
}

function apply(name: string, argument: unknown, scope: Scope): unknown {
  const operands = () => list(resolve(argument, scope), name)
  switch (name) {
    case 'Ref':
      return argument === 'AWS::NoValue' ? noValue : scope.ref(String(argument))
    case 'Condition':
      return scope.condition(String(argument))
    case 'Fn::GetAtt':
      return scope.attribute(...attributeReference(argument))
    case 'Fn::Sub':
      return sub(argument, scope)
    case 'Fn::Join': {
      const [separator, parts] = operands()
      return list(parts, name).map(String).join(String(separator))
    }
    case 'Fn::Select':
      return select(argument, scope)
    case 'Fn::Split': {
      const [separator, text] = operands()
      return String(text).split(String(separator))
    }
    case 'Fn::If': {
      const [condition, yes, no] = list(argument, name)
      return resolve(scope.condition(String(condition)) ? yes : no, scope)
    }
    case 'Fn::FindInMap':
      return findInMap(argument, scope)
    case 'Fn::Base64':
      return Buffer.from(String(resolve(argument, scope))).toString('base64')
    case 'Fn::Equals': {
      const [one, other] = operands()
      return JSON.stringify(one) === JSON.stringify(other)
    }
    case 'Fn::And':
      return operands().every(Boolean)
    case 'Fn::Or':
      return operands().some(Boolean)
    case 'Fn::Not':
      return !operands()[0]
    default:
      throw validationError(`Template error: ${name} is not in this cloud.`)
  }
}

/** A value of the template with all its functions carried out. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map(item => resolve(item, scope)).filter(item => item !== noValue)
  if (typeof value !== 'object' || value === null) return value
  const members = value as Members
  const intrinsic = intrinsicOf(members)
  if (intrinsic !== undefined) return apply(...intrinsic, scope)
  return Object.fromEntries(
    Object.entries(members)
      .map(([key, inner]) => [key, resolve(inner, scope)] as const)
      .filter(([, inner]) => inner !== noValue),
  )
}
