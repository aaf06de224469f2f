import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import { systemClock } from '../clock.ts'
import { serveOperations } from '../testing/api-server.ts'
import { Sns } from './sns.ts'
import { confirmationLink, snsActions } from './sns-actions.ts'
import { webPost } from './web-post.ts'

let server: Awaited<ReturnType<typeof serveOperations>>
let client: SNSClient
let service: Sns
let delivered: unknown[] = []
let refusedQueues = new Set<string>()

beforeAll(async () => {
  service = new Sns({
    account: defaultAccount,
    clock: systemClock,
    newId: randomUUID,
    endpoint: () => server.settings.endpoint,
    deliveryFailed: (subscription, reason) => delivered.push({ failed: subscription.endpoint, reason }),
    subscribers: {
      sendToQueue(queueArn, body) {
        if (refusedQueues.has(queueArn)) throw new Error('no such queue')
        delivered.push({ queueArn, body })
      },
      invokeFunction: ({ event, ...call }) =>
        void delivered.push({ ...call, event: JSON.parse(event.toString()) }),
      post: webPost,
      mail: (address, message) => void delivered.push({ address, ...message }),
    },
  })
  server = await serveOperations({
    actions: snsActions(service, defaultAccount.accountId),
    operations: [confirmationLink(service)],
  })
  client = new SNSClient(server.settings)
})

afterAll(async () => {
  client.destroy()
  await server.stop()
})

beforeEach(() => {
  delivered = []
  refusedQueues = new Set()
})

async function newTopic(Attributes: Record<string, string> = {}): Promise<string> {
  const { TopicArn } = await client.send(new CreateTopicCommand({ Name: randomUUID(), Attributes }))
  return TopicArn ?? ''
}

const subscribe = async (
  TopicArn: string,
  Protocol: string,
  Endpoint: string,
  Attributes: Record<string, string> = {},
) =>
  client.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }))

describe('the AWS SDK', () => {
  test('publishes with subject and attributes to queue, function and mail', async () => {
    const TopicArn = await newTopic()
    await subscribe(TopicArn, 'sqs', 'queue-arn')
    await subscribe(TopicArn, 'sqs', 'raw-arn', { RawMessageDelivery: 'true' })
    const { SubscriptionArn } = await subscribe(TopicArn, 'lambda', 'function-arn')
    await subscribe(TopicArn, 'email', 'a@example.com')
    const MessageAttributes = { thing: { DataType: 'String', StringValue: 'pump1' } }
    const { MessageId } = await client.send(
      new PublishCommand({ TopicArn, Subject: 'Hello', Message: 'a <b>', MessageAttributes }),
    )
    await service.settled()
    const [queue, raw, invoked, mail] = delivered as Record<string, string>[]
    expect(JSON.parse(queue?.['body'] ?? '')).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Subject: 'Hello',
      Message: 'a <b>',
      MessageAttributes: { thing: { Type: 'String', Value: 'pump1' } },
    })
    expect(raw).toEqual({ queueArn: 'raw-arn', body: 'a <b>' })
    expect(invoked).toMatchObject({
      functionArn: 'function-arn',
      topicArn: TopicArn,
      event: {
        Records: [{ EventSubscriptionArn: SubscriptionArn, Sns: { Message: 'a <b>', Subject: 'Hello' } }],
      },
    })
    expect(mail).toEqual({ address: 'a@example.com', subject: 'Hello', text: 'a <b>' })
  })

  test('lists, describes, unsubscribes and deletes', async () => {
    const TopicArn = await newTopic({ DisplayName: 'Shown' })
    const { SubscriptionArn } = await subscribe(TopicArn, 'sqs', 'queue-arn')
    expect((await subscribe(TopicArn, 'sqs', 'queue-arn')).SubscriptionArn).toBe(SubscriptionArn)
    expect((await client.send(new ListTopicsCommand())).Topics).toContainEqual({ TopicArn })
    expect((await client.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes).toMatchObject({
      DisplayName: 'Shown',
      SubscriptionsConfirmed: '1',
    })
    const listed = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
    expect(listed.Subscriptions).toMatchObject([{ SubscriptionArn, Protocol: 'sqs', Endpoint: 'queue-arn' }])
    await client.send(new UnsubscribeCommand({ SubscriptionArn }))
    await client.send(new PublishCommand({ TopicArn, Message: 'unheard' }))
    expect(delivered).toEqual([])
    await client.send(new DeleteTopicCommand({ TopicArn }))
    await expect(client.send(new PublishCommand({ TopicArn, Message: 'a' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    })
  })

  test.each([
    ['an unknown protocol', { Protocol: 'pigeon', Endpoint: 'x' }],
    ['a filter policy', { Protocol: 'sqs', Endpoint: 'x', Attributes: { FilterPolicy: '{}' } }],
  ])('is refused a subscription with %s', async (_, subscription) => {
    const TopicArn = await newTopic()
    await expect(client.send(new SubscribeCommand({ TopicArn, ...subscription }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  test.each([
    ['without text', { Message: '' }],
    ['with a long subject', { Message: 'a', Subject: 'x'.repeat(101) }],
    ['with an attribute without value', { Message: 'a', MessageAttributes: { a: { DataType: 'String' } } }],
  ])('is refused a message %s', async (_, message) => {
    const TopicArn = await newTopic()
    await expect(client.send(new PublishCommand({ TopicArn, ...message }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })
})

test('a failed delivery is told, and the others are made', async () => {
  const TopicArn = await newTopic()
  await subscribe(TopicArn, 'sqs', 'queue-arn')
  await subscribe(TopicArn, 'email', 'a@example.com')
  refusedQueues.add('queue-arn')
  await client.send(new PublishCommand({ TopicArn, Message: 'a' }))
  await service.settled()
  expect(delivered).toContainEqual({ failed: 'queue-arn', reason: 'no such queue' })
  expect(delivered).toContainEqual(expect.objectContaining({ address: 'a@example.com' }))
})

test('what could not be delivered is kept where the subscription says so', async () => {
  const topicArn = await newTopic()
  service.subscribe({ topicArn, protocol: 'sqs', endpoint: 'queue-arn', deadLetterArn: 'dead' })
  refusedQueues.add('queue-arn')
  service.publish({ topicArn, message: 'a' })
  await service.settled()
  expect(delivered).toContainEqual({ failed: 'queue-arn', reason: 'no such queue' })
  const kept = { queueArn: 'dead', body: expect.stringContaining('"Message":"a"') }
  expect(delivered).toContainEqual(kept)
  delivered = []
  refusedQueues.add('dead')
  service.publish({ topicArn, message: 'b' })
  await service.settled()
  const failed = { failed: 'queue-arn', reason: 'no such queue' }
  expect(delivered).toEqual([failed, failed])
})

async function endpoint(answer: (body: { SubscribeURL?: string }) => Promise<number> | number) {
  const bodies: Record<string, string>[] = []
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse((await request.toArray()).join(''))
    bodies.push({ ...body, type: request.headers['x-amz-sns-message-type'] })
    response.writeHead(await answer(body)).end()
  }
  const web = createServer((request, response) => {
    void receive(request, response)
  })
  await new Promise<void>(resolve => void web.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/hook`
  return {
    url,
    bodies,
    [Symbol.asyncDispose]: () => new Promise<void>(resolve => void web.close(() => resolve())),
  }
}

describe('a web endpoint', () => {
  test('confirms by answering, and is posted messages from then on', async () => {
    await using web = await endpoint(() => 200)
    const TopicArn = await newTopic()
    await subscribe(TopicArn, 'http', web.url)
    await service.settled()
    await client.send(new PublishCommand({ TopicArn, Message: 'hi' }))
    await service.settled()
    expect(web.bodies).toMatchObject([
      { type: 'SubscriptionConfirmation', TopicArn },
      { type: 'Notification', Message: 'hi' },
    ])
  })

  test('confirms by following the link', async () => {
    await using web = await endpoint(async ({ SubscribeURL }) => (await fetch(SubscribeURL ?? '')).status)
    const TopicArn = await newTopic()
    await subscribe(TopicArn, 'http', web.url)
    await service.settled()
    expect((await client.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes).toMatchObject({
      SubscriptionsConfirmed: '1',
    })
  })

  test('that refuses the confirmation stays pending and is sent nothing', async () => {
    await using web = await endpoint(() => 500)
    const TopicArn = await newTopic()
    await subscribe(TopicArn, 'http', web.url)
    await service.settled()
    await client.send(new PublishCommand({ TopicArn, Message: 'hi' }))
    await service.settled()
    expect(web.bodies).toHaveLength(1)
    const listed = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
    expect(listed.Subscriptions).toMatchObject([{ SubscriptionArn: 'PendingConfirmation' }])
    expect(delivered).toMatchObject([{ failed: web.url }])
  })
})
