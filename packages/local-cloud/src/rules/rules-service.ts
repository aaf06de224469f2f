import { arn } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import { parseRule, type Rule } from './rule.ts'
import { type RuleEngineDependencies, startRuleEngine } from './rule-engine.ts'
import { topicMatches } from './topic-filter.ts'

export interface RulesService {
  operations: RestOperation[]
  /** What the template's rules are put with: creates, or replaces what is there. */
  putRule(name: string, payload: Readonly<Record<string, unknown>>): { ruleArn: string }
  deleteRule(name: string): void
  stop(): void
}

/** AWS says so of a rule that does not exist: it does not tell whether it does. */
const denied = (name: string) =>
  new AwsError('UnauthorizedException', 401, `Access to topic rule '${name}' was denied`)

/** The topic rules and the engine that carries them out. */
export function rulesService(deps: Omit<RuleEngineDependencies, 'rules' | 'ruleArn'>): RulesService {
  const rules = new Map<string, Rule>()
  const ruleArn = (name: string) => arn(deps.account, 'iot', `rule/${name}`)
  const stop = startRuleEngine({ ...deps, rules: () => rules.values(), ruleArn })

  const existing = ({ params }: RestCall): Rule => {
    const name = params['ruleName'] ?? ''
    const rule = rules.get(name)
    if (rule === undefined) throw denied(name)
    return rule
  }

  function create(call: RestCall): object {
    const name = call.params['ruleName'] ?? ''
    if (rules.has(name))
      throw new AwsError('ResourceAlreadyExistsException', 409, `Rule already exists with name ${name}`, {
        resourceId: name,
        resourceArn: ruleArn(name),
      })
    rules.set(name, parseRule(name, call.body, deps.clock.now()))
    return {}
  }

  function replace(call: RestCall): object {
    const { name, createdAtMs } = existing(call)
    rules.set(name, parseRule(name, call.body, createdAtMs))
    return {}
  }

  function describe(rule: Rule): object {
    const { name, source, disabled, createdAtMs } = rule
    return {
      ruleArn: ruleArn(name),
      rule: { ...source, ruleName: name, ruleDisabled: disabled, createdAt: createdAtMs / 1000 },
    }
  }

  function list({ query }: RestCall): object {
    const [topic, disabled] = [query.get('topic'), query.get('ruleDisabled')]
    const wanted = [...rules.values()].filter(
      rule =>
        (topic === null || topicMatches(rule.statement.topicFilter, topic)) &&
        (disabled === null || String(rule.disabled) === disabled),
    )
    return {
      rules: wanted.map(rule => ({
        ruleArn: ruleArn(rule.name),
        ruleName: rule.name,
        topicPattern: rule.statement.topicFilter,
        createdAt: rule.createdAtMs / 1000,
        ruleDisabled: rule.disabled,
      })),
    }
  }

  function switchTo(disabled: boolean): (call: RestCall) => object {
    return call => {
      const rule = existing(call)
      rules.set(rule.name, { ...rule, disabled })
      return {}
    }
  }

  function remove(call: RestCall): object {
    rules.delete(existing(call).name)
    return {}
  }

  const path = '/rules/{ruleName}'
  return {
    operations: [
      { service: 'iot', name: 'CreateTopicRule', method: 'POST', path, handle: create },
      { service: 'iot', name: 'ReplaceTopicRule', method: 'PATCH', path, handle: replace },
      { service: 'iot', name: 'GetTopicRule', method: 'GET', path, handle: call => describe(existing(call)) },
      { service: 'iot', name: 'DeleteTopicRule', method: 'DELETE', path, handle: remove },
      { service: 'iot', name: 'ListTopicRules', method: 'GET', path: '/rules', handle: list },
      {
        service: 'iot',
        name: 'EnableTopicRule',
        method: 'POST',
        path: `${path}/enable`,
        handle: switchTo(false),
      },
      {
        service: 'iot',
        name: 'DisableTopicRule',
        method: 'POST',
        path: `${path}/disable`,
        handle: switchTo(true),
      },
    ],
    putRule(name, payload) {
      rules.set(name, parseRule(name, payload, rules.get(name)?.createdAtMs ?? deps.clock.now()))
      return { ruleArn: ruleArn(name) }
    },
    deleteRule: name => void rules.delete(name),
    stop,
  }
}
