import { type Condition, readConditions } from './conditions.ts'
import { malformed } from './malformed.ts'

/** One statement of a role's policy, read and checked. */
export interface Statement {
  effect: 'Allow' | 'Deny'
  /** Patterns in lower case; with `isNot`, everything else. */
  actions: Patterns
  resources: Patterns
  conditions: readonly Condition[]
}

export interface Patterns {
  patterns: readonly string[]
  isNot: boolean
}

/** A statement of the policy by which a role says who may act as it. */
export interface TrustStatement {
  effect: 'Allow' | 'Deny'
  /** Such as `lambda.amazonaws.com`. */
  services: readonly string[]
  conditions: readonly Condition[]
}

type Members = Readonly<Record<string, unknown>>

/**
 * Reads the policy of a role. What this cloud would not judge as AWS does, such as a variable in a resource, is
 * refused: a policy that is half understood would allow too much or too little.
 *
 * @throws AwsError `MalformedPolicyDocument`
 */
export function readIdentityPolicy(document: unknown): Statement[] {
  return statementsOf(
    document,
    new Set(['Sid', 'Effect', 'Condition', ...bothOf('Action'), ...bothOf('Resource')]),
  ).map(statement => ({
    effect: effectOf(statement),
    actions: patternsOf(statement, 'Action', readAction),
    resources: patternsOf(statement, 'Resource', readResource),
    conditions: readConditions(statement['Condition']),
  }))
}

/** @throws AwsError `MalformedPolicyDocument` */
export function readTrustPolicy(document: unknown): TrustStatement[] {
  return statementsOf(document, new Set(['Sid', 'Effect', 'Action', 'Principal', 'Condition'])).map(
    statement => {
      const principal = statement['Principal']
      if (!isObject(principal)) throw malformed('A statement of the trust policy has no Principal')
      const other = listOf(statement['Action']).find(action => action !== 'sts:AssumeRole')
      if (other !== undefined)
        throw malformed(`The action ${JSON.stringify(other)} of a trust policy is not in this cloud`)
      return {
        effect: effectOf(statement),
        services: principal['Service'] === undefined ? [] : texts(principal['Service'], 'Principal'),
        conditions: readConditions(statement['Condition']),
      }
    },
  )
}

function statementsOf(document: unknown, known: ReadonlySet<string>): Members[] {
  if (!isObject(document) || document['Version'] !== '2012-10-17')
    throw malformed('The policy document needs a Version of 2012-10-17')
  return listOf(document['Statement']).map(statement => {
    if (!isObject(statement)) throw malformed('The policy document has no Statement')
    const unknown = Object.keys(statement).find(name => !known.has(name))
    if (unknown !== undefined) throw malformed(`The member ${unknown} of a statement is not in this cloud`)
    return statement
  })
}

function effectOf({ Effect: effect }: Members): 'Allow' | 'Deny' {
  if (effect === 'Allow' || effect === 'Deny') return effect
  throw malformed('The Effect of a statement must be Allow or Deny')
}

const bothOf = (name: string): [string, string] => [name, `Not${name}`]

function patternsOf(statement: Members, name: string, read: (text: string) => string): Patterns {
  const [is, isNot] = bothOf(name)
  const [given, excluded] = [statement[is], statement[isNot]]
  if ((given === undefined) === (excluded === undefined))
    throw malformed(`A statement needs one of ${is} and ${isNot}`)
  return { patterns: texts(given ?? excluded, name).map(read), isNot: given === undefined }
}

function readAction(text: string): string {
  if (text !== '*' && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/.test(text)) throw malformed(`The action ${text} is none`)
  return text.toLowerCase()
}

function readResource(text: string): string {
  if (text !== '*' && !text.startsWith('arn:')) throw malformed(`The resource ${text} is no ARN`)
  if (text.includes('${')) throw malformed(`Variables, as in ${text}, are not in this cloud`)
  return text
}

function texts(value: unknown, what: string): string[] {
  const values = listOf(value).filter(each => typeof each === 'string')
  if (values.length === 0 || values.length < listOf(value).length)
    throw malformed(`${what} must be a string or a list of strings`)
  return values
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
