import type { Account } from '../account.ts'
import { HttpAnswer } from '../api/http-answer.ts'
import { type NestedFields, nestedFields, numbered, textOf } from '../api/nested-fields.ts'
import type { ActionOperation, RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import { askToConfirm, type DeliveryFailed, deliver, type Subscribers } from './delivery.ts'
import type { SnsMessage } from './message.ts'
import { invalidParameter, type Subscription, type Topic, Topics } from './topics.ts'

type Members = Readonly<Record<string, unknown>>

export interface SnsService {
  actions: ActionOperation[]
  /** The link in a subscription confirmation, as a browser opens it. */
  operations: RestOperation[]
  topics: Topics
  publish(message: {
    topicArn: string
    message: string
    subject?: string
    attributes?: SnsMessage['attributes']
  }): {
    messageId: string
  }
  subscribe(wanted: { topicArn: string; protocol: string; endpoint: string; raw?: boolean }): Subscription
  /** Hears every published message. */
  observe(observer: (message: SnsMessage) => void): () => void
  /** Ends when all deliveries that are under way have ended. */
  settled(): Promise<void>
}

export interface SnsDependencies {
  account: Account
  clock: Clock
  newId: () => string
  endpoint: () => string
  subscribers: Subscribers
  deliveryFailed: DeliveryFailed
}

function text(fields: NestedFields, name: string): string {
  const value = textOf(fields, name)
  if (value === undefined || value === '')
    throw invalidParameter(`${name} Reason: no value found for required parameter`)
  return value
}

function attributesOf(fields: NestedFields): Record<string, string> {
  return Object.fromEntries(
    numbered(fields['Attributes']).map(entry => [textOf(entry, 'key') ?? '', textOf(entry, 'value') ?? '']),
  )
}

function messageAttributes(fields: NestedFields): SnsMessage['attributes'] {
  return Object.fromEntries(
    numbered(fields['MessageAttributes']).map(entry => {
      const value = typeof entry === 'object' ? entry['Value'] : undefined
      const [Type, Value] = [
        textOf(value, 'DataType'),
        textOf(value, 'StringValue') ?? textOf(value, 'BinaryValue'),
      ]
      const name = textOf(entry, 'Name') ?? ''
      if (Type === undefined || Value === undefined)
        throw invalidParameter(`The message attribute '${name}' must contain a type and a value`)
      return [name, { Type, Value }]
    }),
  )
}

function describeSubscription(subscription: Subscription, account: Account): Members {
  return {
    SubscriptionArn: subscription.pendingToken === undefined ? subscription.arn : 'PendingConfirmation',
    Owner: account.accountId,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    TopicArn: subscription.topicArn,
  }
}

/** Topics, over the query protocol. */
export function snsService(deps: SnsDependencies): SnsService {
  const { account, clock, newId, subscribers } = deps
  const topics = new Topics(account, newId)
  const observers = new Set<(message: SnsMessage) => void>()
  const underWay = new Set<Promise<void>>()

  function track(subscription: Subscription, work: Promise<void>): void {
    const ended = work
      .catch((error: unknown) =>
        deps.deliveryFailed(subscription, error instanceof Error ? error.message : String(error)),
      )
      .finally(() => underWay.delete(ended))
    underWay.add(ended)
  }

  const publish: SnsService['publish'] = ({ topicArn, message, subject, attributes = {} }) => {
    topics.get(topicArn)
    if (message === '') throw invalidParameter('Empty message')
    if (Buffer.byteLength(message) > 262_144) throw invalidParameter('Message too long')
    if (subject !== undefined && (subject === '' || subject.length > 100)) throw invalidParameter('Subject')
    const published: SnsMessage = {
      messageId: newId(),
      topicArn,
      message,
      publishedAtMs: clock.now(),
      attributes,
      ...(subject !== undefined && { subject }),
    }
    for (const observer of observers) observer(published)
    for (const subscription of topics.subscriptions(topicArn))
      if (subscription.pendingToken === undefined)
        track(subscription, deliver(published, subscription, subscribers))
    return { messageId: published.messageId }
  }

  async function confirmationOf(subscription: Subscription, token: string): Promise<void> {
    const query = new URLSearchParams({
      Action: 'ConfirmSubscription',
      TopicArn: subscription.topicArn,
      Token: token,
    })
    const request = {
      token,
      subscribeUrl: `${deps.endpoint()}/?${query.toString()}`,
      messageId: newId(),
      nowMs: clock.now(),
    }
    const answered = await askToConfirm(subscription, request, subscribers)
    // An endpoint that follows the link has confirmed by now; one that only answers means the same here.
    const pending = topics
      .subscriptions(subscription.topicArn)
      .some(({ pendingToken }) => pendingToken === token)
    if (!answered) throw new Error('the endpoint did not take the subscription confirmation')
    if (pending) topics.confirm(subscription.topicArn, token)
  }

  const subscribe: SnsService['subscribe'] = ({ topicArn, protocol, endpoint, raw = false }) => {
    const subscription = topics.subscribe(topicArn, protocol, endpoint, raw)
    const { pendingToken } = subscription
    if (pendingToken !== undefined) track(subscription, confirmationOf(subscription, pendingToken))
    return subscription
  }

  function subscribeAction(fields: NestedFields): Members {
    const attributes = attributesOf(fields)
    const unsupported = Object.keys(attributes).find(name => name !== 'RawMessageDelivery')
    if (unsupported !== undefined)
      throw invalidParameter(`Attributes Reason: ${unsupported} is not in this cloud`)
    const subscription = subscribe({
      topicArn: text(fields, 'TopicArn'),
      protocol: text(fields, 'Protocol'),
      endpoint: text(fields, 'Endpoint'),
      raw: attributes['RawMessageDelivery'] === 'true',
    })
    const told = subscription.pendingToken === undefined || textOf(fields, 'ReturnSubscriptionArn') === 'true'
    return { SubscriptionArn: told ? subscription.arn : 'pending confirmation' }
  }

  function attributesOfTopic(topic: Topic): Members {
    const all = topics.subscriptions(topic.arn)
    const pending = all.filter(({ pendingToken }) => pendingToken !== undefined).length
    const attributes = {
      ...topic.attributes,
      TopicArn: topic.arn,
      Owner: account.accountId,
      SubscriptionsConfirmed: String(all.length - pending),
      SubscriptionsPending: String(pending),
      SubscriptionsDeleted: '0',
    }
    return { Attributes: new Map(Object.entries(attributes)) }
  }

  function publishAction(fields: NestedFields): Members {
    const subject = textOf(fields, 'Subject')
    const { messageId } = publish({
      topicArn: textOf(fields, 'TopicArn') ?? text(fields, 'TargetArn'),
      message: text(fields, 'Message'),
      attributes: messageAttributes(fields),
      ...(subject !== undefined && { subject }),
    })
    return { MessageId: messageId }
  }

  const confirm = (topicArn: string, token: string): Members => ({
    SubscriptionArn: topics.confirm(topicArn, token).arn,
  })

  const operations: Record<string, (fields: NestedFields) => Members> = {
    CreateTopic: fields => ({ TopicArn: topics.put(text(fields, 'Name'), attributesOf(fields)).arn }),
    DeleteTopic: fields => (topics.delete(text(fields, 'TopicArn')), {}),
    ListTopics: () => ({ Topics: topics.list().map(({ arn }) => ({ TopicArn: arn })) }),
    GetTopicAttributes: fields => attributesOfTopic(topics.get(text(fields, 'TopicArn'))),
    Subscribe: subscribeAction,
    ConfirmSubscription: fields => confirm(text(fields, 'TopicArn'), text(fields, 'Token')),
    Unsubscribe: fields => (topics.unsubscribe(text(fields, 'SubscriptionArn')), {}),
    ListSubscriptionsByTopic: fields => ({
      Subscriptions: topics
        .subscriptions(topics.get(text(fields, 'TopicArn')).arn)
        .map(subscription => describeSubscription(subscription, account)),
    }),
    Publish: publishAction,
  }

  return {
    actions: Object.entries(operations).map(([name, run]) => ({
      service: 'sns',
      name,
      handle: input => run(nestedFields(input)),
    })),
    operations: [
      {
        service: 'sns',
        name: 'ConfirmSubscription',
        method: 'GET',
        path: '/',
        handle({ query }) {
          const { SubscriptionArn } = confirm(query.get('TopicArn') ?? '', query.get('Token') ?? '')
          return new HttpAnswer(
            200,
            { 'Content-Type': 'text/plain' },
            `Confirmed: ${String(SubscriptionArn)}\n`,
          )
        },
      },
    ],
    topics,
    publish,
    subscribe,
    observe(observer) {
      observers.add(observer)
      return () => observers.delete(observer)
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
