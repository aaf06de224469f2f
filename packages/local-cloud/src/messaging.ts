import { type Account, arn } from './account.ts'
import { AwsError } from './api/aws-error.ts'
import type { Clock } from './clock.ts'
import type { CloudEvents } from './cloud-events.ts'
import type { RoleAuthority } from './iam/role-authority.ts'
import type { FunctionRunnerOptions } from './lambda/function-runner.ts'
import { Functions } from './lambda/functions.ts'
import type { RuleTargets } from './rules/rule-engine.ts'
import { Sns } from './sns/sns.ts'
import { webPost } from './sns/web-post.ts'
import type { MessageAttribute } from './sqs/message-digest.ts'
import { Queues } from './sqs/queues.ts'

export interface MessagingDependencies extends FunctionRunnerOptions {
  account: Account
  clock: Clock
  newId: () => string
  events: CloudEvents
  endpoint: () => string
  /** PEM of the root that this cloud's own HTTPS endpoints lead to. */
  rootCa: () => string
  retryDelayScale: number
  authority: RoleAuthority
}

/** Queues, topics and functions, which all send to one another. */
export interface Messaging {
  queues: Queues
  sns: Sns
  functions: Functions
}

type Attributes = Readonly<Record<string, { type: string; value: string }>>

/** @throws AwsError where there is no such queue */
export function sendToQueue(
  queues: Queues,
  to: string,
  body: string,
  attributes = new Map<string, MessageAttribute>(),
) {
  const queue = queues.find(to)
  if (queue === undefined) throw new AwsError('QueueDoesNotExist', 400, `The queue ${to} does not exist.`)
  queue.send({ body, attributes })
}

const serviceOf = (resourceArn: string): string => resourceArn.split(':')[2] ?? ''

/** What a function's role must allow for its outcome to go there. */
const sendingActions: Readonly<Record<string, string>> = {
  lambda: 'lambda:InvokeFunction',
  sns: 'sns:Publish',
  sqs: 'sqs:SendMessage',
}

/** Where a function's outcome goes: a queue, a topic or another function, by ARN. */
function sendTo(
  { queues, sns, functions }: Messaging,
  account: Account,
  to: string,
  body: string,
  given: Attributes = {},
) {
  const attributes = Object.entries(given)
  if (to.startsWith(arn(account, 'lambda', ''))) return functions.invokeLater(to, Buffer.from(body))
  if (!to.startsWith(arn(account, 'sns', ''))) {
    const told = attributes.map(([name, { type, value }]) => [name, { dataType: type, value }] as const)
    return sendToQueue(queues, to, body, new Map(told))
  }
  const told = attributes.map(([name, { type, value }]) => [name, { Type: type, Value: value }])
  sns.publish({ topicArn: to, message: body, attributes: Object.fromEntries(told) })
}

export function messaging(deps: MessagingDependencies): Messaging {
  const { account, events } = deps
  const problem = (source: string, reason: string) => events.tell({ kind: 'problem', source, reason })
  const queues = new Queues(deps)
  const sns = new Sns({
    ...deps,
    deliveryFailed: (subscription, reason) => problem(subscription.arn, reason),
    subscribers: {
      sendToQueue: (queueArn, body) => sendToQueue(queues, queueArn, body),
      invokeFunction: ({ functionArn, topicArn, event }) =>
        functions.invokeLaterAs(
          { service: 'sns.amazonaws.com', sourceArn: topicArn, sourceAccount: account.accountId },
          functionArn,
          event,
        ),
      post: (url, headers, body) => webPost(url, headers, body, [deps.rootCa()]),
      mail: (address, message) => events.tell({ kind: 'mail', address, ...message }),
    },
  })
  sns.observe(message => events.tell({ kind: 'notification', message }))
  const functions: Functions = new Functions({
    ...deps,
    region: account.region,
    queueOf: queueArn => queues.find(queueArn),
    demand: (session, action, resource) => deps.authority.demand(session, { action, resources: [resource] }),
    send(from, to, body, attributes) {
      const action = sendingActions[serviceOf(to)] ?? 'sqs:SendMessage'
      deps.authority.demand(from, { action, resources: [to] })
      sendTo({ queues, sns, functions }, account, to, body, attributes)
    },
    deliveryFailed: problem,
  })
  return { queues, sns, functions }
}

/** What the actions of topic rules reach, each with the role that the action names. */
export function ruleTargets(
  { queues, sns, functions }: Messaging,
  account: Account,
  authority: RoleAuthority,
): RuleTargets {
  const { accountId } = account
  const demand = (
    { ruleArn, roleArn }: { ruleArn: string; roleArn: string },
    action: string,
    resource: string,
  ) =>
    authority.demandOfService({ service: 'iot.amazonaws.com', sourceArn: ruleArn }, roleArn, {
      action,
      resources: [resource],
    })
  return {
    invokeFunction: ({ functionArn, ruleArn, event }) =>
      functions.invokeLaterAs(
        { service: 'iot.amazonaws.com', sourceArn: ruleArn, sourceAccount: accountId },
        functionArn,
        event,
      ),
    publishToTopic({ topicArn, message, ...as }) {
      demand(as, 'sns:Publish', topicArn)
      sns.publish({ topicArn, message })
    },
    sendToQueue({ queueUrl, body, ...as }) {
      demand(as, 'sqs:SendMessage', arn(account, 'sqs', queueUrl.split('/').at(-1) ?? ''))
      sendToQueue(queues, queueUrl, body)
    },
    checkRepublish: ({ topic, ...as }) => demand(as, 'iot:Publish', arn(account, 'iot', `topic/${topic}`)),
  }
}
