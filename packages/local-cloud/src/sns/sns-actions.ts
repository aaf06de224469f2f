import { HttpAnswer } from '../api/http-answer.ts'
import { type NestedFields, nestedFields, numbered, textOf } from '../api/nested-fields.ts'
import type { ActionOperation, RestOperation } from '../api/operation.ts'
import type { SnsMessage } from './message.ts'
import type { Sns } from './sns.ts'
import { invalidParameter, type Subscription } from './topics.ts'

type Members = Readonly<Record<string, unknown>>
type Action = (sns: Sns, fields: NestedFields, accountId: string) => Members

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
      const Type = textOf(value, 'DataType')
      const Value = textOf(value, 'StringValue') ?? textOf(value, 'BinaryValue')
      const name = textOf(entry, 'Name') ?? ''
      if (Type === undefined || Value === undefined)
        throw invalidParameter(`The message attribute '${name}' must contain a type and a value`)
      return [name, { Type, Value }]
    }),
  )
}

const subscribe: Action = (sns, fields) => {
  const attributes = attributesOf(fields)
  const unsupported = Object.keys(attributes).find(name => name !== 'RawMessageDelivery')
  if (unsupported !== undefined)
    throw invalidParameter(`Attributes Reason: ${unsupported} is not in this cloud`)
  const subscription = sns.subscribe({
    topicArn: text(fields, 'TopicArn'),
    protocol: text(fields, 'Protocol'),
    endpoint: text(fields, 'Endpoint'),
    raw: attributes['RawMessageDelivery'] === 'true',
  })
  const isTold = subscription.pendingToken === undefined || textOf(fields, 'ReturnSubscriptionArn') === 'true'
  return { SubscriptionArn: isTold ? subscription.arn : 'pending confirmation' }
}

const publish: Action = (sns, fields) => {
  const subject = textOf(fields, 'Subject')
  const { messageId } = sns.publish({
    topicArn: textOf(fields, 'TopicArn') ?? text(fields, 'TargetArn'),
    message: text(fields, 'Message'),
    attributes: messageAttributes(fields),
    ...(subject !== undefined && { subject }),
  })
  return { MessageId: messageId }
}

const getTopicAttributes: Action = ({ topics }, fields, accountId) => {
  const topic = topics.get(text(fields, 'TopicArn'))
  const all = topics.subscriptions(topic.arn)
  const pending = all.filter(({ pendingToken }) => pendingToken !== undefined).length
  const attributes = {
    ...topic.attributes,
    TopicArn: topic.arn,
    Owner: accountId,
    SubscriptionsConfirmed: String(all.length - pending),
    SubscriptionsPending: String(pending),
    SubscriptionsDeleted: '0',
  }
  return { Attributes: new Map(Object.entries(attributes)) }
}

function describe(subscription: Subscription, accountId: string): Members {
  return {
    SubscriptionArn: subscription.pendingToken === undefined ? subscription.arn : 'PendingConfirmation',
    Owner: accountId,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    TopicArn: subscription.topicArn,
  }
}

const listSubscriptions: Action = ({ topics }, fields, accountId) => {
  const { arn } = topics.get(text(fields, 'TopicArn'))
  return { Subscriptions: topics.subscriptions(arn).map(subscription => describe(subscription, accountId)) }
}

const actions: Readonly<Record<string, Action>> = {
  CreateTopic: ({ topics }, fields) => ({
    TopicArn: topics.put(text(fields, 'Name'), attributesOf(fields)).arn,
  }),
  DeleteTopic: ({ topics }, fields) => (topics.delete(text(fields, 'TopicArn')), {}),
  ListTopics: ({ topics }) => ({ Topics: topics.list().map(({ arn }) => ({ TopicArn: arn })) }),
  GetTopicAttributes: getTopicAttributes,
  Subscribe: subscribe,
  ConfirmSubscription: ({ topics }, fields) => ({
    SubscriptionArn: topics.confirm(text(fields, 'TopicArn'), text(fields, 'Token')).arn,
  }),
  Unsubscribe: ({ topics }, fields) => (topics.unsubscribe(text(fields, 'SubscriptionArn')), {}),
  ListSubscriptionsByTopic: listSubscriptions,
  Publish: publish,
}

/** SNS over the query protocol. */
export function snsActions(sns: Sns, accountId: string): ActionOperation[] {
  return Object.entries(actions).map(([name, run]) => ({
    service: 'sns',
    name,
    handle: input => run(sns, nestedFields(input), accountId),
  }))
}

/** The link in a subscription confirmation, as a browser opens it. */
export function confirmationLink({ topics }: Sns): RestOperation {
  return {
    service: 'sns',
    name: 'ConfirmSubscription',
    method: 'GET',
    path: '/',
    isAnonymous: true,
    handle({ query }) {
      const { arn } = topics.confirm(query.get('TopicArn') ?? '', query.get('Token') ?? '')
      return new HttpAnswer(200, { 'Content-Type': 'text/plain' }, `Confirmed: ${arn}\n`)
    },
  }
}
