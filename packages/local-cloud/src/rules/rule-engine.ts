import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { Message, MessageBus } from '../mqtt/message-bus.ts'
import type { Rule, RuleAction } from './rule.ts'
import { evaluateStatement } from './sql/evaluate.ts'
import type { MessageContext } from './sql/functions.ts'
import { fillTemplate } from './substitution-template.ts'

/** What actions reach. Each throws with the reason where the target refuses. */
export interface RuleTargets {
  /** Queues an asynchronous invocation, if the function's policy lets this rule do so. */
  invokeFunction(call: { functionArn: string; ruleArn: string; event: Buffer }): void
  publishToTopic(call: { topicArn: string; message: string } & RuleIdentity): void
  sendToQueue(call: { queueUrl: string; body: string } & RuleIdentity): void
  /** Whether the role lets the rule publish; that it does is the engine's own. */
  checkRepublish(call: { topic: string } & RuleIdentity): void
}

/** A rule, and the role that one of its actions is carried out as. */
export interface RuleIdentity {
  ruleArn: string
  roleArn: string
}

export interface RuleEngineDependencies {
  account: Account
  clock: Clock
  bus: MessageBus
  newId: () => string
  targets: RuleTargets
  /** Told where a rule could not be carried out at all. */
  failed: (ruleArn: string, reason: string) => void
}

interface Failure {
  failedAction: string
  failedResource: string
  errorMessage: string
}

/** A message that a rule has taken, and what the rule's statement has made of it. */
interface Selected {
  ruleArn: string
  context: MessageContext
  output: Buffer
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

function requireJson(payload: Buffer): void {
  try {
    JSON.parse(payload.toString())
  } catch {
    throw new Error('The payload is not valid JSON')
  }
}

function contextOf({ topic, payload, source }: Message, deps: RuleEngineDependencies): MessageContext {
  const { account, clock, newId } = deps
  const context = {
    topic,
    payload,
    accountId: account.accountId,
    traceId: newId(),
    nowMs: clock.now(),
    newUuid: newId,
  }
  switch (source.kind) {
    case 'mqtt':
      return { ...context, clientId: source.clientId, principal: source.certificateId }
    case 'http':
      return { ...context, principal: source.principal }
    case 'service':
      return context
  }
}

function perform(
  action: RuleAction,
  { ruleArn, context, output }: Selected,
  deps: RuleEngineDependencies,
): void {
  const { targets } = deps
  switch (action.kind) {
    case 'lambda':
      // The bytes of `SELECT *` may be anything, but a function's event is JSON.
      requireJson(output)
      return targets.invokeFunction({ functionArn: action.functionArn, ruleArn, event: output })
    case 'sns':
      return targets.publishToTopic({
        topicArn: action.targetArn,
        ruleArn,
        roleArn: action.roleArn,
        message: output.toString(),
      })
    case 'sqs':
      return targets.sendToQueue({
        queueUrl: action.queueUrl,
        ruleArn,
        roleArn: action.roleArn,
        body: output.toString(action.useBase64 ? 'base64' : 'utf8'),
      })
    case 'republish': {
      const topic = fillTemplate(action.topic, context)
      targets.checkRepublish({ topic, ruleArn, roleArn: action.roleArn })
      return deps.bus.publish({ topic, payload: output, qos: action.qos, source: { kind: 'service' } })
    }
  }
}

function attempt(action: RuleAction, selected: Selected, deps: RuleEngineDependencies): Failure | undefined {
  try {
    perform(action, selected, deps)
    return undefined
  } catch (error) {
    const failedResource = resourceOf(action, selected.context)
    const reason = error instanceof Error ? error.message : String(error)
    const { topic } = selected.context
    return {
      failedAction: actionNames[action.kind],
      failedResource,
      errorMessage: `The action failed. The error received was ${reason}. Message arrived on: ${topic}, Action: ${action.kind}, Resource: ${failedResource}`,
    }
  }
}

/** Shape: https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html */
function report(
  rule: Rule,
  { topic, traceId, clientId, payload }: MessageContext,
  failures: Failure[],
): Buffer {
  return Buffer.from(
    JSON.stringify({
      ruleName: rule.name,
      topic,
      cloudwatchTraceId: traceId,
      clientId: clientId ?? 'N/A',
      base64OriginalPayload: payload.toString('base64'),
      failures,
    }),
  )
}

/**
 * Carries out a rule for a message of its topics. A failed action is told to the rule's error action, all failures of
 * one rule and message in one; without one it is told to nobody, as on AWS.
 */
export function applyRule(rule: Rule, ruleArn: string, message: Message, deps: RuleEngineDependencies): void {
  const context = contextOf(message, deps)
  const output = evaluateStatement(rule.statement, context)
  if (output === undefined) return
  const selected = { ruleArn, context, output }
  const failures = rule.actions
    .map(action => attempt(action, selected, deps))
    .filter(failure => failure !== undefined)
  if (failures.length === 0 || rule.errorAction === undefined) return
  const untold = attempt(rule.errorAction, { ...selected, output: report(rule, context, failures) }, deps)
  if (untold !== undefined) deps.failed(ruleArn, untold.errorMessage)
}
