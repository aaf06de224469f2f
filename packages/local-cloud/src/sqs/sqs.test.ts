import { randomUUID } from 'node:crypto'
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import { systemClock } from '../clock.ts'
import { serveOperations } from '../testing/api-server.ts'
import { Queues } from './queues.ts'
import { sqsActions } from './sqs-actions.ts'

let server: Awaited<ReturnType<typeof serveOperations>>
let client: SQSClient

beforeAll(async () => {
  const queues = new Queues({
    account: defaultAccount,
    clock: systemClock,
    newId: randomUUID,
    endpoint: () => server.settings.endpoint,
  })
  server = await serveOperations({ actions: sqsActions(queues) })
  client = new SQSClient(server.settings)
})

afterAll(async () => {
  client.destroy()
  await server.stop()
})

async function newQueue(Attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: randomUUID(), Attributes }))
  return QueueUrl ?? ''
}

describe('the AWS SDK', () => {
  test('sends, receives and deletes, and finds the digests right', async () => {
    const QueueUrl = await newQueue()
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'grün <&>',
        MessageAttributes: {
          text: { DataType: 'String', StringValue: 'a' },
          bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
          count: { DataType: 'Number', StringValue: '7' },
        },
      }),
    )
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    )
    expect(Messages).toMatchObject([
      {
        Body: 'grün <&>',
        Attributes: { ApproximateReceiveCount: '1' },
        MessageAttributes: { text: { StringValue: 'a' }, bytes: { BinaryValue: new Uint8Array([0, 255]) } },
      },
    ])
    await client.send(
      new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle ?? '' }),
    )
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesNotVisible'] }),
    )
    expect(Attributes).toEqual({ ApproximateNumberOfMessagesNotVisible: '0' })
  })

  test('sends and deletes in batches, and hears which entries failed', async () => {
    const QueueUrl = await newQueue()
    const Entries = [
      { Id: '1', MessageBody: 'a' },
      { Id: '2', MessageBody: 'b', DelaySeconds: 1000 },
    ]
    const sent = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    expect(sent).toMatchObject({ Successful: [{ Id: '1' }], Failed: [{ Id: '2', SenderFault: true }] })
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    const [message] = Messages ?? []
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [{ Id: '1', ReceiptHandle: message?.ReceiptHandle ?? '' }],
      }),
    )
    expect(deleted.Successful).toMatchObject([{ Id: '1' }])
  })

  test('waits for a message with long polling', async () => {
    const QueueUrl = await newQueue()
    const received = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }))
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'late' }))
    expect((await received).Messages).toMatchObject([{ Body: 'late' }])
  })

  test('changes visibility, and is told where the message is not in flight', async () => {
    const QueueUrl = await newQueue()
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }))
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl }))
    const change = { QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle ?? '', VisibilityTimeout: 0 }
    await client.send(new ChangeMessageVisibilityCommand(change))
    await expect(client.send(new ChangeMessageVisibilityCommand(change))).rejects.toThrow(/not in flight/)
  })

  test('finds, lists, changes, purges and deletes queues', async () => {
    const QueueUrl = await newQueue({ VisibilityTimeout: '5' })
    const QueueName = QueueUrl.split('/').at(-1) ?? ''
    expect(await client.send(new GetQueueUrlCommand({ QueueName }))).toMatchObject({ QueueUrl })
    const listed = await client.send(new ListQueuesCommand({ QueueNamePrefix: QueueName }))
    expect(listed.QueueUrls).toEqual([QueueUrl])
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '1' } }))
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    )
    expect(Attributes).toMatchObject({
      VisibilityTimeout: '5',
      DelaySeconds: '1',
      QueueArn: `arn:aws:sqs:us-east-1:123456789012:${QueueName}`,
    })
    await client.send(new PurgeQueueCommand({ QueueUrl }))
    await client.send(new DeleteQueueCommand({ QueueUrl }))
    await expect(client.send(new GetQueueUrlCommand({ QueueName }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    })
  })

  test.each([
    [
      'a queue with another attribute',
      new CreateQueueCommand({ QueueName: 'twice', Attributes: { DelaySeconds: '2' } }),
      /already exists/,
    ],
    ['a FIFO queue', new CreateQueueCommand({ QueueName: 'a.fifo' }), /alphanumeric/],
    [
      'more than ten messages at once',
      new ReceiveMessageCommand({ QueueUrl: 'twice', MaxNumberOfMessages: 11 }),
      /MaxNumberOfMessages/,
    ],
    ['an empty batch', new SendMessageBatchCommand({ QueueUrl: 'twice', Entries: [] }), /at least one entry/],
    [
      'a body that is too long',
      new SendMessageCommand({ QueueUrl: 'twice', MessageBody: 'x'.repeat(2000) }),
      /shorter than 1024 bytes/,
    ],
    [
      'a batch with an id twice',
      new SendMessageBatchCommand({
        QueueUrl: 'twice',
        Entries: [
          { Id: '1', MessageBody: 'a' },
          { Id: '1', MessageBody: 'b' },
        ],
      }),
      /same Id/,
    ],
    [
      'a batch of eleven',
      new SendMessageBatchCommand({
        QueueUrl: 'twice',
        Entries: Array.from({ length: 11 }, (_, at) => ({ Id: String(at), MessageBody: 'a' })),
      }),
      /Maximum number of entries per request are 10/,
    ],
    ['an empty body', new SendMessageCommand({ QueueUrl: 'twice', MessageBody: '' }), /MessageBody/],
    [
      'a visibility timeout beyond twelve hours',
      new ReceiveMessageCommand({ QueueUrl: 'twice', VisibilityTimeout: 43_201 }),
      /VisibilityTimeout is invalid/,
    ],
    [
      'an attribute without a type',
      new SendMessageCommand({
        QueueUrl: 'twice',
        MessageBody: 'x',
        MessageAttributes: { a: { DataType: 'Text', StringValue: 'x' } },
      }),
      /invalid message attribute type/,
    ],
    [
      'an attribute without a value',
      new SendMessageCommand({
        QueueUrl: 'twice',
        MessageBody: 'x',
        MessageAttributes: { a: { DataType: 'String' } },
      }),
      /non-empty value/,
    ],
  ])('is refused %s', async (_, command, reason) => {
    const Attributes = { DelaySeconds: '1', MaximumMessageSize: '1024' }
    await client.send(new CreateQueueCommand({ QueueName: 'twice', Attributes }))
    await expect(client.send(command as CreateQueueCommand)).rejects.toThrow(reason)
  })
})

async function post(fields: Record<string, string>): Promise<string> {
  const response = await fetch(server.settings.endpoint, {
    method: 'POST',
    body: new URLSearchParams({ Version: '2012-11-05', ...fields }),
  })
  return response.text()
}

describe('the query protocol', () => {
  test('sends and receives a message with attributes', async () => {
    const QueueUrl = await newQueue()
    const sent = await post({
      Action: 'SendMessage',
      QueueUrl,
      MessageBody: 'hi & bye',
      'MessageAttribute.1.Name': 'a',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': 'x',
    })
    expect(sent).toContain('<SendMessageResult><MessageId>')
    const received = await post({
      Action: 'ReceiveMessage',
      QueueUrl,
      'AttributeName.1': 'All',
      'MessageAttributeName.1': 'All',
    })
    expect(received).toContain('<Body>hi &amp; bye</Body>')
    expect(received).toContain('<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>')
    expect(received).toContain('<MessageAttribute><Name>a</Name><Value><DataType>String</DataType>')
  })

  test('sends a batch, and creates a queue with attributes', async () => {
    const made = await post({
      Action: 'CreateQueue',
      QueueName: 'old-protocol',
      'Attribute.1.Name': 'DelaySeconds',
      'Attribute.1.Value': '3',
    })
    const QueueUrl = /<QueueUrl>(.*)<\/QueueUrl>/.exec(made)?.[1] ?? ''
    expect(QueueUrl).toMatch(/\/123456789012\/old-protocol$/)
    const sent = await post({
      Action: 'SendMessageBatch',
      QueueUrl,
      'SendMessageBatchRequestEntry.1.Id': 'one',
      'SendMessageBatchRequestEntry.1.MessageBody': 'a',
      'SendMessageBatchRequestEntry.2.Id': 'two',
      'SendMessageBatchRequestEntry.2.MessageBody': 'b',
    })
    expect(sent.match(/<SendMessageBatchResultEntry><Id>/g)).toHaveLength(2)
    expect(await post({ Action: 'GetQueueAttributes', QueueUrl, 'AttributeName.1': 'All' })).toContain(
      '<Attribute><Name>ApproximateNumberOfMessagesDelayed</Name><Value>2</Value></Attribute>',
    )
  })

  test('names errors by their older codes', async () => {
    expect(await post({ Action: 'GetQueueUrl', QueueName: 'none' })).toContain(
      '<Code>AWS.SimpleQueueService.NonExistentQueue</Code>',
    )
  })
})
