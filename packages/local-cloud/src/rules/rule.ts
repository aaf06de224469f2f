import { AwsError, invalidRequest } from '../api/aws-error.ts'
import { optionalBoolean, optionalObject, optionalString, requiredString } from '../api/input.ts'
import { parseStatement } from './sql/statement.ts'
import type { Statement } from './sql/syntax.ts'
import { parseTemplate, type Template } from './substitution-template.ts'

type Members = Readonly<Record<string, unknown>>

export type RuleAction =
  | { kind: 'lambda'; functionArn: string }
  | { kind: 'sns'; targetArn: string; roleArn: string }
  | { kind: 'sqs'; queueUrl: string; roleArn: string; useBase64: boolean }
  | { kind: 'republish'; topic: Template; roleArn: string; qos: 0 | 1 }

/** A topic rule, parsed; `source` is what GetTopicRule gives back. */
export interface Rule {
  name: string
  statement: Statement
  /** Of the statement's topic filter. */
  filterLevels: readonly string[]
  actions: RuleAction[]
  errorAction?: RuleAction
  disabled: boolean
  createdAtMs: number
  source: Members
}

function parseAction(action: Members): RuleAction {
  const [kind = 'no action', ...more] = Object.keys(action)
  const members = optionalObject(action, kind)
  if (members === undefined || more.length > 0)
    throw invalidRequest('An action must name exactly one kind of target')
  switch (kind) {
    case 'lambda':
      return { kind, functionArn: requiredString(members, 'functionArn') }
    case 'sns':
      return {
        kind,
        targetArn: requiredString(members, 'targetArn'),
        roleArn: requiredString(members, 'roleArn'),
      }
    case 'sqs':
      return {
        kind,
        queueUrl: requiredString(members, 'queueUrl'),
        roleArn: requiredString(members, 'roleArn'),
        useBase64: optionalBoolean(members, 'useBase64') ?? false,
      }
    case 'republish':
      return {
        kind,
        topic: parseTemplate(requiredString(members, 'topic')),
        roleArn: requiredString(members, 'roleArn'),
        qos: members['qos'] === 1 ? 1 : 0,
      }
    default:
      throw invalidRequest(`This cloud has no rule action ${kind}: it has lambda, sns, sqs and republish`)
  }
}

function parseActions(payload: Members): RuleAction[] {
  const { actions } = payload
  if (!Array.isArray(actions)) throw invalidRequest("Member 'actions' must be a list")
  if (actions.length > 10) throw invalidRequest('A rule has at most 10 actions')
  return actions.map((action: unknown) => parseAction(optionalObject({ action }, 'action') ?? {}))
}

/**
 * Parses the body of CreateTopicRule and ReplaceTopicRule.
 *
 * @throws AwsError `SqlParseException`, or `InvalidRequestException` for actions that this cloud has not
 */
export function parseRule(name: string, payload: Members, createdAtMs: number): Rule {
  if (!/^[a-zA-Z0-9_]{1,128}$/.test(name))
    throw invalidRequest(`'${name}' is no rule name: letters, digits and _`)
  const version = optionalString(payload, 'awsIotSqlVersion') ?? '2015-10-08'
  if (version !== '2016-03-23' && version !== 'beta')
    throw new AwsError('SqlParseException', 400, `This cloud has SQL version 2016-03-23 only, not ${version}`)
  const errorAction = optionalObject(payload, 'errorAction')
  const statement = parseStatement(requiredString(payload, 'sql'))
  return {
    name,
    statement,
    filterLevels: statement.topicFilter.split('/'),
    actions: parseActions(payload),
    ...(errorAction && { errorAction: parseAction(errorAction) }),
    disabled: optionalBoolean(payload, 'ruleDisabled') ?? false,
    createdAtMs,
    source: payload,
  }
}
