import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { Message, MessageBus } from '../mqtt/message-bus.ts'
import type { Rule, RuleAction } from './rule.ts'
import { evaluateStatement } from './sql/evaluate.ts'
import type { MessageContext } from './sql/functions.ts'
import { fillTemplate } from './substitution-template.ts'
import { topicMatches } from './topic-filter.ts'

/** What actions reach. Each throws or rejects with the reason where the target refuses. */
export interface RuleTargets {
  /** Queues an asynchronous invocation, if the function's policy lets this rule do so. */
  invokeFunction(call: { functionArn: string; ruleArn: string; event: Buffer }): void
  publishToTopic(call: { topicArn: string; roleArn: string; message: string }): void
  sendToQueue(call: { queueUrl: string; roleArn: string; body: string }): void
}

export interface RuleEngineDependencies {
  account: Account
  clock: Clock
  bus: MessageBus
  newId: () => string
  targets: RuleTargets
  rules: () => Iterable<Rule>
  ruleArn: (name: string) => string
}

interface Failure {
  failedAction: string
  failedResource: string
  errorMessage: string
}

const actionNames = {
  lambda: 'LambdaAction',
  sns: 'SnsAction',
  sqs: 'SqsAction',
  republish: 'RepublishAction',
} as const

function resourceOf(action: RuleAction, context: MessageContext): string {
  switch (action.kind) {
    case 'lambda':
      return action.functionArn
    case 'sns':
      return action.targetArn
    case 'sqs':
      return action.queueUrl
    case 'republish':
      return fillTemplate(action.topic, context)
  }
}

function isJson(payload: Buffer): boolean {
  try {
    JSON.parse(payload.toString())
    return true
  } catch {
    return false
  }
}

/**
 * Hears every published message and carries out the actions of the rules that it fits. A failed action is told to
 * the rule's error action, all failures of one rule and message in one; without one it is told to nobody, as on AWS.
 */
export function startRuleEngine(deps: RuleEngineDependencies): () => void {
  const { account, clock, bus, targets } = deps

  function contextOf({ topic, payload, source }: Message): MessageContext {
    const traceId = deps.newId()
    const common = {
      topic,
      payload,
      accountId: account.accountId,
      traceId,
      nowMs: clock.now(),
      newUuid: deps.newId,
    }
    switch (source.kind) {
      case 'mqtt':
        return { ...common, clientId: source.clientId, principal: source.certificateId }
      case 'http':
        return { ...common, principal: source.principal }
      case 'service':
        return common
    }
  }

  function perform(rule: Rule, action: RuleAction, output: Buffer, context: MessageContext): void {
    switch (action.kind) {
      case 'lambda':
        // An event that is no JSON cannot be invoked with; the bytes of `SELECT *` may be anything.
        if (!isJson(output)) throw new Error('The payload is not valid JSON')
        return targets.invokeFunction({
          functionArn: action.functionArn,
          ruleArn: deps.ruleArn(rule.name),
          event: output,
        })
      case 'sns':
        return targets.publishToTopic({
          topicArn: action.targetArn,
          roleArn: action.roleArn,
          message: output.toString(),
        })
      case 'sqs':
        return targets.sendToQueue({
          queueUrl: action.queueUrl,
          roleArn: action.roleArn,
          body: output.toString(action.useBase64 ? 'base64' : 'utf8'),
        })
      case 'republish':
        return bus.publish({
          topic: fillTemplate(action.topic, context),
          payload: output,
          qos: action.qos,
          source: { kind: 'service' },
        })
    }
  }

  function attempt(
    rule: Rule,
    action: RuleAction,
    output: Buffer,
    context: MessageContext,
  ): Failure | undefined {
    try {
      perform(rule, action, output, context)
      return undefined
    } catch (error) {
      const failedResource = resourceOf(action, context)
      const reason = error instanceof Error ? error.message : String(error)
      return {
        failedAction: actionNames[action.kind],
        failedResource,
        errorMessage: `The action failed. The error received was ${reason}. Message arrived on: ${context.topic}, Action: ${action.kind}, Resource: ${failedResource}`,
      }
    }
  }

  function apply(rule: Rule, message: Message): void {
    if (rule.disabled || !topicMatches(rule.statement.topicFilter, message.topic)) return
    const context = contextOf(message)
    const output = evaluateStatement(rule.statement, context)
    if (output === undefined) return
    const failures = rule.actions
      .map(action => attempt(rule, action, output, context))
      .filter(failure => failure !== undefined)
    if (failures.length === 0 || rule.errorAction === undefined) return
    const report = {
      ruleName: rule.name,
      topic: message.topic,
      cloudwatchTraceId: context.traceId,
      clientId: context.clientId ?? 'N/A',
      base64OriginalPayload: message.payload.toString('base64'),
      failures,
    }
    attempt(rule, rule.errorAction, Buffer.from(JSON.stringify(report)), context)
  }

  return bus.listen(message => {
    for (const rule of deps.rules()) apply(rule, message)
  })
}
