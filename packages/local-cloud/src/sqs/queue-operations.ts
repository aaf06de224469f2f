import { AwsError } from '../api/aws-error.ts'
import { invalidParameter, text, wholeNumber } from './message-input.ts'
import type { Queue } from './queue.ts'
import { describeQueueAttributes, parseQueueAttributes } from './queue-attributes.ts'
import type { Queues } from './queues.ts'

type Members = Readonly<Record<string, unknown>>

const noSuchQueue = () =>
  new AwsError('QueueDoesNotExist', 400, 'The specified queue does not exist.', {
    queryErrorCode: 'AWS.SimpleQueueService.NonExistentQueue',
  })

function stringMap(given: unknown): Record<string, string> {
  if (given === undefined || given === null) return {}
  if (typeof given !== 'object') throw invalidParameter('Attributes must be a map of strings.')
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))
}

/** The queue that a call names by its URL. @throws AwsError `QueueDoesNotExist` */
export function queueOf(queues: Queues, input: Members): Queue {
  const queue = queues.find(text(input, 'QueueUrl'))
  if (queue === undefined) throw noSuchQueue()
  return queue
}

function create(queues: Queues, input: Members): Members {
  const name = text(input, 'QueueName')
  const given = stringMap(input['Attributes'])
  const old = queues.find(name)
  const settings = old && describeQueueAttributes(old.attributes)
  if (settings !== undefined && Object.entries(given).some(([key, value]) => settings[key] !== value))
    throw new AwsError(
      'QueueNameExists',
      400,
      'A queue already exists with the same name and a different value for an attribute',
      { queryErrorCode: 'QueueAlreadyExists' },
    )
  return { QueueUrl: queues.urlOf(old ?? queues.put(name, given)) }
}

function getUrl(queues: Queues, input: Members): Members {
  const queue = queues.find(text(input, 'QueueName'))
  if (queue === undefined) throw noSuchQueue()
  return { QueueUrl: queues.urlOf(queue) }
}

function list(queues: Queues, input: Members): Members {
  const prefix = typeof input['QueueNamePrefix'] === 'string' ? input['QueueNamePrefix'] : ''
  const most = wholeNumber(input, 'MaxResults', 1, 1000) ?? 1000
  const found = queues.all().filter(({ name }) => name.startsWith(prefix))
  return { QueueUrls: found.slice(0, most).map(queue => queues.urlOf(queue)) }
}

function getAttributes(queue: Queue, input: Members): Members {
  const names: unknown[] = Array.isArray(input['AttributeNames']) ? input['AttributeNames'] : []
  const count = queue.count()
  const createdAtSeconds = String(Math.floor(queue.createdAtMs / 1000))
  const all: Record<string, string> = {
    ...describeQueueAttributes(queue.attributes),
    QueueArn: queue.arn,
    CreatedTimestamp: createdAtSeconds,
    LastModifiedTimestamp: createdAtSeconds,
    ApproximateNumberOfMessages: String(count.visible),
    ApproximateNumberOfMessagesNotVisible: String(count.inFlight),
    ApproximateNumberOfMessagesDelayed: String(count.delayed),
  }
  const wanted = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name))
  return { Attributes: Object.fromEntries(wanted) }
}

function setAttributes(queue: Queue, input: Members): Members {
  const given = stringMap(input['Attributes'])
  queue.attributes = parseQueueAttributes({ ...describeQueueAttributes(queue.attributes), ...given })
  return {}
}

/** What is done with queues themselves. */
export const queueOperations: Readonly<Record<string, (queues: Queues, input: Members) => Members>> = {
  CreateQueue: create,
  GetQueueUrl: getUrl,
  ListQueues: list,
  GetQueueAttributes: (queues, input) => getAttributes(queueOf(queues, input), input),
  SetQueueAttributes: (queues, input) => setAttributes(queueOf(queues, input), input),
  DeleteQueue: (queues, input) => (queues.delete(queueOf(queues, input).name), {}),
  PurgeQueue: (queues, input) => (queueOf(queues, input).purge(), {}),
}
