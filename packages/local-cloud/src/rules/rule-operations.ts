import { AwsError } from '../api/aws-error.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { Rule } from './rule.ts'
import type { Rules } from './rules.ts'
import { topicMatches } from './topic-filter.ts'

const nameIn = ({ params }: RestCall): string => params['ruleName'] ?? ''

function create(rules: Rules, call: RestCall): object {
  const name = nameIn(call)
  if (rules.has(name))
    throw new AwsError('ResourceAlreadyExistsException', 409, `Rule already exists with name ${name}`, {
      resourceId: name,
      resourceArn: rules.arnOf(name),
    })
  rules.put(name, call.body)
  return {}
}

function replace(rules: Rules, call: RestCall): object {
  rules.put(rules.get(nameIn(call)).name, call.body)
  return {}
}

function get(rules: Rules, call: RestCall): object {
  const { name, source, disabled, createdAtMs } = rules.get(nameIn(call))
  return {
    ruleArn: rules.arnOf(name),
    rule: { ...source, ruleName: name, ruleDisabled: disabled, createdAt: createdAtMs / 1000 },
  }
}

function list(rules: Rules, { query }: RestCall): object {
  const [topic, disabled] = [query.get('topic'), query.get('ruleDisabled')]
  const isWanted = (rule: Rule) =>
    (topic === null || topicMatches(rule.statement.topicFilter, topic)) &&
    (disabled === null || String(rule.disabled) === disabled)
  return {
    rules: rules
      .all()
      .filter(isWanted)
      .map(rule => ({
        ruleArn: rules.arnOf(rule.name),
        ruleName: rule.name,
        topicPattern: rule.statement.topicFilter,
        createdAt: rule.createdAtMs / 1000,
        ruleDisabled: rule.disabled,
      })),
  }
}

function remove(rules: Rules, call: RestCall): object {
  rules.delete(rules.get(nameIn(call)).name)
  return {}
}

const switchTo = (disabled: boolean) => (rules: Rules, call: RestCall) => {
  rules.disable(nameIn(call), disabled)
  return {}
}

/** Topic rules over AWS IoT's API. */
export function ruleOperations(rules: Rules): RestOperation[] {
  const path = '/rules/{ruleName}'
  const operations = [
    ['CreateTopicRule', 'POST', path, create],
    ['ReplaceTopicRule', 'PATCH', path, replace],
    ['GetTopicRule', 'GET', path, get],
    ['DeleteTopicRule', 'DELETE', path, remove],
    ['ListTopicRules', 'GET', '/rules', list],
    ['EnableTopicRule', 'POST', `${path}/enable`, switchTo(false)],
    ['DisableTopicRule', 'POST', `${path}/disable`, switchTo(true)],
  ] as const
  return operations.map(([name, method, path, run]) => ({
    service: 'iot',
    name,
    method,
    path,
    handle: call => run(rules, call),
  }))
}
