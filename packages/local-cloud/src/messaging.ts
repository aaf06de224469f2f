import { type Account, arn } from './account.ts'
import { AwsError } from './api/aws-error.ts'
import type { Clock } from './clock.ts'
import type { CloudEvents } from './cloud-events.ts'
import type { FunctionRunnerOptions } from './lambda/function-runner.ts'
import { Functions } from './lambda/functions.ts'
import type { RuleTargets } from './rules/rule-engine.ts'
import { type SnsService, snsService } from './sns/sns-service.ts'
import { webPost } from './sns/web-post.ts'
import type { MessageAttribute } from './sqs/message-digest.ts'
import { type SqsService, sqsService } from './sqs/sqs-service.ts'

export interface MessagingDependencies extends FunctionRunnerOptions {
  account: Account
  clock: Clock
  newId: () => string
  events: CloudEvents
  endpoint: () => string
  /** PEM of the root that this cloud's own HTTPS endpoints lead to. */
  rootCa: () => string
  retryDelayScale: number
}

/** Queues, topics and functions, which all send to one another. */
export interface Messaging {
  sqs: SqsService
  sns: SnsService
  functions: Functions
  ruleTargets: RuleTargets
}

function sendToQueue(
  sqs: SqsService,
  reference: string,
  body: string,
  attributes?: ReadonlyMap<string, MessageAttribute>,
) {
  const queue = sqs.find(reference)
  if (queue === undefined)
    throw new AwsError('QueueDoesNotExist', 400, `The queue ${reference} does not exist.`)
  queue.send({ body, ...(attributes && { attributes }) })
}

export function messaging(deps: MessagingDependencies): Messaging {
  const { account, clock, newId, endpoint, events } = deps
  const sourceAccount = account.accountId
  const problem = (source: string, reason: string) => events.tell({ kind: 'problem', source, reason })
  const sqs = sqsService({ account, clock, newId, endpoint })
  const sns = snsService({
    account,
    clock,
    newId,
    endpoint,
    deliveryFailed: (subscription, reason) => problem(subscription.arn, reason),
    subscribers: {
      sendToQueue: (queueArn, body) => sendToQueue(sqs, queueArn, body),
      invokeFunction: ({ functionArn, topicArn, event }) =>
        functions.invokeLaterAs(
          { service: 'sns.amazonaws.com', sourceArn: topicArn, sourceAccount },
          functionArn,
          event,
        ),
      post: (url, headers, body) => webPost(url, headers, body, [deps.rootCa()]),
      mail: (address, message) => events.tell({ kind: 'mail', address, ...message }),
    },
  })
  sns.observe(message => events.tell({ kind: 'notification', message }))

  /** Where a function's outcome goes: a queue, a topic or another function, by ARN. */
  function send(
    target: string,
    body: string,
    attributes: Readonly<Record<string, { type: string; value: string }>> = {},
  ) {
    if (target.includes(':lambda:')) return functions.invokeLater(target, Buffer.from(body))
    if (target.startsWith(arn(account, 'sns', ''))) {
      const told = Object.entries(attributes).map(([name, { type, value }]) => [
        name,
        { Type: type, Value: value },
      ])
      sns.publish({ topicArn: target, message: body, attributes: Object.fromEntries(told) })
      return
    }
    const told = Object.entries(attributes).map(
      ([name, { type, value }]) => [name, { dataType: type, value }] as const,
    )
    sendToQueue(sqs, target, body, new Map(told))
  }

  const functions = new Functions({
    clock,
    newId,
    region: account.region,
    startSandbox: deps.startSandbox,
    mostSandboxes: deps.mostSandboxes,
    retryDelayScale: deps.retryDelayScale,
    queueOf: queueArn => sqs.find(queueArn),
    send,
    deliveryFailed: problem,
  })
  const ruleTargets: RuleTargets = {
    invokeFunction: ({ functionArn, ruleArn, event }) =>
      functions.invokeLaterAs(
        { service: 'iot.amazonaws.com', sourceArn: ruleArn, sourceAccount },
        functionArn,
        event,
      ),
    publishToTopic: ({ topicArn, message }) => void sns.publish({ topicArn, message }),
    sendToQueue: ({ queueUrl, body }) => sendToQueue(sqs, queueUrl, body),
  }
  return { sqs, sns, functions, ruleTargets }
}
