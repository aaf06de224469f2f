import { AwsError } from '../api/aws-error.ts'

/** One statement of an IoT policy, read and checked. */
export interface Statement {
  effect: 'Allow' | 'Deny'
  /** Patterns of actions, in lower case: `iot:connect`, `iot:*`, `*`. */
  actions: readonly string[]
  resources: readonly string[]
  conditions: readonly Condition[]
}

/** All conditions of a statement must hold; one holds if any of its values does. */
export interface Condition {
  operator: ConditionOperator
  /** Such as `iot:Connection.Thing.IsAttached`. */
  key: string
  values: readonly string[]
}

export type ConditionOperator = (typeof operators)[number]

const operators = [
  'Bool',
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
] as const

/** Characters that are no white space. */
const documentLimit = 2048

/** Reads a policy document; throws MalformedPolicyException and says what is wrong with it. */
export function readPolicyDocument(text: string): Statement[] {
  if (text.replaceAll(/\s/g, '').length > documentLimit)
    throw malformed(`The policy document must have at most ${documentLimit} characters besides white space`)
  const document = jsonObject(text)
  if (document['Version'] !== '2012-10-17' && document['Version'] !== '2008-10-17')
    throw malformed('The policy document needs a Version of 2012-10-17')
  return list(document['Statement']).map(readStatement)
}

function readStatement(value: unknown): Statement {
  if (!isObject(value)) throw malformed('A statement of the policy document is not an object')
  const unknown = Object.keys(value).find(key => !statementMembers.has(key))
  if (unknown !== undefined) throw malformed(`A statement has the unknown member ${unknown}`)
  const effect = value['Effect']
  if (effect !== 'Allow' && effect !== 'Deny')
    throw malformed('The Effect of a statement must be Allow or Deny')
  const actions = strings(value['Action'], 'Action').map(action => action.toLowerCase())
  const wrong = actions.find(
    action => action !== '*' && !/^(iot(jobsdata)?|greengrass):[a-z*?]+$/.test(action),
  )
  if (wrong !== undefined) throw malformed(`The action ${wrong} is none of AWS IoT or AWS IoT Greengrass`)
  const resources = strings(value['Resource'], 'Resource')
  const noArn = resources.find(resource => resource !== '*' && !resource.startsWith('arn:'))
  if (noArn !== undefined) throw malformed(`The resource ${noArn} is no ARN`)
  return { effect, actions, resources, conditions: readConditions(value['Condition']) }
}

const statementMembers = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition'])

function readConditions(value: unknown): Condition[] {
  if (value === undefined) return []
  if (!isObject(value)) throw malformed('The Condition of a statement is not an object')
  return Object.entries(value).flatMap(([operatorName, keys]) => {
    const operator = operators.find(known => known === operatorName)
    if (operator === undefined) throw malformed(`The condition operator ${operatorName} is not supported`)
    if (!isObject(keys)) throw malformed(`The condition ${operatorName} is not an object`)
    return Object.entries(keys).map(([key, values]) => ({ operator, key, values: conditionValues(values) }))
  })
}

function conditionValues(value: unknown): string[] {
  return list(value).map(inner => {
    if (typeof inner !== 'string' && typeof inner !== 'boolean' && typeof inner !== 'number')
      throw malformed('A value of a condition must be a string')
    return String(inner)
  })
}

function strings(value: unknown, member: string): string[] {
  const values = list(value)
  if (values.length === 0) throw malformed(`A statement has no ${member}`)
  return values.map(inner => {
    if (typeof inner !== 'string' || inner === '')
      throw malformed(`${member} must be a string or a list of strings`)
    return inner
  })
}

function list(value: unknown): unknown[] {
  if (value === undefined) throw malformed('The policy document lacks a member that it needs')
  return Array.isArray(value) ? value : [value]
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    throw malformed('The policy document is not JSON')
  }
  throw malformed('The policy document is not an object')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyException', 400, message)
}
