import type { Sns } from '../../sns/sns.ts'
import type { Queues } from '../../sqs/queues.ts'
import {
  listOf,
  optionalFlag,
  optionalMembers,
  optionalText,
  refuseTaken,
  requiredText,
} from '../property-input.ts'
import type {
  ExistingResource,
  MadeResource,
  ResourceProvider,
  ResourceRequest,
} from '../resource-provider.ts'
import { type Members, validationError } from '../template.ts'

const queueAttributes = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
]

function attributesOf(properties: Members): Record<string, string> {
  const given = queueAttributes.filter(name => properties[name] !== undefined)
  return Object.fromEntries(
    given.map(name => {
      const value = properties[name]
      return [
        name,
        typeof value === 'object' ? JSON.stringify(value) : (optionalText(properties, name) ?? ''),
      ]
    }),
  )
}

export function queueProvider(queues: Queues): ResourceProvider {
  const put = (name: string, properties: Members): MadeResource => {
    const queue = queues.put(name, attributesOf(properties))
    const url = queues.urlOf(queue)
    return { physicalId: url, attributes: { Arn: queue.arn, QueueName: queue.name, QueueUrl: url } }
  }
  const nameOf = (existing: ExistingResource) => String(existing.made.attributes['QueueName'])
  return {
    understands: ['QueueName', ...queueAttributes],
    passesOver: ['Tags'],
    create({ properties, generatedName }) {
      const name = optionalText(properties, 'QueueName') ?? generatedName(80)
      refuseTaken(queues.find(name) !== undefined, name)
      return put(name, properties)
    },
    update: ({ properties }, old) => put(optionalText(properties, 'QueueName') ?? nameOf(old), properties),
    delete: existing => queues.delete(nameOf(existing)),
  }
}

export function topicProvider(sns: Sns): ResourceProvider {
  const put = (name: string, { properties }: ResourceRequest): MadeResource => {
    const displayName = optionalText(properties, 'DisplayName')
    const { arn } = sns.topics.put(name, displayName === undefined ? {} : { DisplayName: displayName })
    for (const subscription of listOf(properties, 'Subscription'))
      sns.subscribe({
        topicArn: arn,
        protocol: requiredText(subscription, 'Protocol'),
        endpoint: requiredText(subscription, 'Endpoint'),
      })
    return { physicalId: arn, attributes: { TopicArn: arn, TopicName: name } }
  }
  return {
    understands: ['TopicName', 'DisplayName', 'Subscription'],
    passesOver: ['KmsMasterKeyId', 'Tags', 'TracingConfig', 'SignatureVersion'],
    create(request) {
      const name = optionalText(request.properties, 'TopicName') ?? request.generatedName(256)
      refuseTaken(sns.topics.has(name), name)
      return put(name, request)
    },
    update: (request, { made }) =>
      put(optionalText(request.properties, 'TopicName') ?? String(made.attributes['TopicName']), request),
    delete: ({ made }) => sns.topics.delete(made.physicalId),
  }
}

export function subscriptionProvider(sns: Sns): ResourceProvider {
  const subscribe = ({ properties }: ResourceRequest): MadeResource => {
    const endpoint = optionalText(properties, 'Endpoint')
    if (endpoint === undefined) throw validationError('Property Endpoint is missing.')
    const redrive = optionalMembers(properties, 'RedrivePolicy')
    const { arn } = sns.subscribe({
      ...(redrive && { deadLetterArn: requiredText(redrive, 'deadLetterTargetArn') }),
      topicArn: requiredText(properties, 'TopicArn'),
      protocol: requiredText(properties, 'Protocol'),
      endpoint,
      raw: optionalFlag(properties, 'RawMessageDelivery') ?? false,
    })
    return { physicalId: arn, attributes: { Arn: arn } }
  }
  return {
    understands: ['TopicArn', 'Protocol', 'Endpoint', 'RawMessageDelivery', 'RedrivePolicy'],
    passesOver: ['Region'],
    create: subscribe,
    update(request, { made }) {
      sns.topics.unsubscribe(made.physicalId)
      return subscribe(request)
    },
    delete: ({ made }) => sns.topics.unsubscribe(made.physicalId),
  }
}
