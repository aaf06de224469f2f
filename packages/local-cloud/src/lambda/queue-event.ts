import { bodyDigest } from '../sqs/message-digest.ts'
import { describeAttribute } from '../sqs/message-input.ts'
import type { Queue, QueueMessage } from '../sqs/queue.ts'

type Members = Readonly<Record<string, unknown>>

function record(message: QueueMessage, queue: Queue, region: string): object {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAtMs),
      SenderId: 'AIDALOCAL',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
    },
    messageAttributes: Object.fromEntries(
      [...message.attributes].map(([name, attribute]) => {
        const { DataType, StringValue, BinaryValue } = describeAttribute(attribute)
        return [
          name,
          {
            stringValue: StringValue,
            binaryValue: BinaryValue,
            stringListValues: [],
            binaryListValues: [],
            dataType: DataType,
          },
        ]
      }),
    ),
    md5OfBody: bodyDigest(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: region,
  }
}

/** The event of a batch of messages. */
export function queueEvent(messages: readonly QueueMessage[], queue: Queue, region: string): Buffer {
  return Buffer.from(JSON.stringify({ Records: messages.map(message => record(message, queue, region)) }))
}

/**
 * Which messages of a batch are to be deleted after a function answered that reports item failures. An answer that
 * cannot be understood, or that names a message which is not in the batch, means that all failed, as on AWS.
 */
export function succeeded(messages: readonly QueueMessage[], answer: Buffer): readonly QueueMessage[] {
  const failures = itemFailures(answer)
  if (failures === undefined) return []
  const known = new Set(messages.map(({ messageId }) => messageId))
  if (failures.some(id => !known.has(id))) return []
  return messages.filter(({ messageId }) => !failures.includes(messageId))
}

function itemFailures(answer: Buffer): string[] | undefined {
  const parsed: unknown = JSON.parse(answer.toString())
  const list =
    typeof parsed === 'object' && parsed !== null ? (parsed as Members)['batchItemFailures'] : undefined
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) return undefined
  const ids = list.map((item: Members | null) => item?.['itemIdentifier'])
  return ids.every(id => typeof id === 'string' && id !== '') ? (ids as string[]) : undefined
}
