import { AwsError } from '../api/aws-error.ts'
import { attributesDigest, bodyDigest } from './message-digest.ts'
import { describeAttribute, invalidParameter, messageAttributes, text, wholeNumber } from './message-input.ts'
import type { Queue, QueueMessage } from './queue.ts'

type Members = Readonly<Record<string, unknown>>
type Operation = (input: Members) => Members | Promise<Members>

function send(queue: Queue, input: Members): Members {
  const body = text(input, 'MessageBody')
  if (body === '') throw invalidParameter('The request must contain the parameter MessageBody.')
  if (Buffer.byteLength(body) > queue.attributes.maximumBytes)
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.attributes.maximumBytes} bytes.`,
    )
  const attributes = messageAttributes(input)
  const delaySeconds = wholeNumber(input, 'DelaySeconds', 0, 900)
  const { messageId } = queue.send({ body, attributes, ...(delaySeconds !== undefined && { delaySeconds }) })
  return {
    MessageId: messageId,
    MD5OfMessageBody: bodyDigest(body),
    MD5OfMessageAttributes: attributesDigest(attributes),
  }
}

function wants(names: unknown, name: string): boolean {
  return (
    Array.isArray(names) &&
    names.some(
      wanted =>
        wanted === 'All' ||
        wanted === '.*' ||
        wanted === name ||
        (typeof wanted === 'string' && wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -2))),
    )
  )
}

function systemAttributes(message: QueueMessage): Record<string, string> {
  return {
    SenderId: 'AIDALOCAL',
    SentTimestamp: String(message.sentAtMs),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
  }
}

function describe(message: QueueMessage, input: Members): Members {
  // The older name of the first member came before the newer, and both may be sent.
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => wants(input['AttributeNames'], name) || wants(input['MessageSystemAttributeNames'], name),
  )
  const own = new Map([...message.attributes].filter(([name]) => wants(input['MessageAttributeNames'], name)))
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: bodyDigest(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(own.size > 0 && {
      MD5OfMessageAttributes: attributesDigest(own),
      MessageAttributes: Object.fromEntries(
        [...own].map(([name, value]) => [name, describeAttribute(value)]),
      ),
    }),
  }
}

async function receive(queue: Queue, input: Members): Promise<Members> {
  const most = wholeNumber(input, 'MaxNumberOfMessages', 1, 10) ?? 1
  const wait = wholeNumber(input, 'WaitTimeSeconds', 0, 20) ?? queue.attributes.waitSeconds
  const visibility = wholeNumber(input, 'VisibilityTimeout', 0, 43_200)
  const messages = await queue.receiveWithin(wait, most, visibility)
  return messages.length === 0 ? {} : { Messages: messages.map(message => describe(message, input)) }
}

function changeVisibility(queue: Queue, input: Members): Members {
  const timeout = wholeNumber(input, 'VisibilityTimeout', 0, 43_200)
  if (timeout === undefined)
    throw invalidParameter('The request must contain the parameter VisibilityTimeout.')
  if (!queue.changeVisibility(text(input, 'ReceiptHandle'), timeout))
    throw new AwsError('MessageNotInflight', 400, 'The message is not in flight.', {
      queryErrorCode: 'AWS.SimpleQueueService.MessageNotInflight',
    })
  return {}
}

function remove(queue: Queue, input: Members): Members {
  queue.delete(text(input, 'ReceiptHandle'))
  return {}
}

function batch(queue: Queue, input: Members, one: (queue: Queue, entry: Members) => Members): Members {
  const entries: unknown = input['Entries']
  if (!Array.isArray(entries) || entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 400, 'There should be at least one entry in the request.')
  if (entries.length > 10)
    throw new AwsError('TooManyEntriesInBatchRequest', 400, 'Maximum number of entries per request are 10.')
  const ids = entries.map((entry: Members) => text(entry, 'Id'))
  if (new Set(ids).size < ids.length)
    throw new AwsError('BatchEntryIdsNotDistinct', 400, 'Two or more batch entries have the same Id.')
  const successful: Members[] = []
  const failed: Members[] = []
  for (const entry of entries as Members[]) {
    try {
      successful.push({ Id: entry['Id'], ...one(queue, entry) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      failed.push({ Id: entry['Id'], SenderFault: true, Code: error.code, Message: error.message })
    }
  }
  return { Successful: successful, Failed: failed }
}

/** What is done with the messages of one queue. */
export function messageOperations(queueOf: (input: Members) => Queue): Record<string, Operation> {
  return {
    SendMessage: input => send(queueOf(input), input),
    SendMessageBatch: input => batch(queueOf(input), input, send),
    ReceiveMessage: input => receive(queueOf(input), input),
    DeleteMessage: input => remove(queueOf(input), input),
    DeleteMessageBatch: input => batch(queueOf(input), input, remove),
    ChangeMessageVisibility: input => changeVisibility(queueOf(input), input),
    ChangeMessageVisibilityBatch: input => batch(queueOf(input), input, changeVisibility),
  }
}
