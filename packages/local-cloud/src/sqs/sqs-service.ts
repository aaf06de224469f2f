import { type Account, arn } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'
import type { ActionOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import { invalidParameter, text, wholeNumber } from './message-input.ts'
import { messageOperations } from './message-operations.ts'
import { isQuery, jsonInput, queryError, queryOutput } from './query-protocol.ts'
import { Queue } from './queue.ts'
import { describeQueueAttributes, parseQueueAttributes } from './queue-attributes.ts'

type Members = Readonly<Record<string, unknown>>
export type SqsOperation = (input: Members) => Members | Promise<Members>

export interface SqsService {
  actions: ActionOperation[]
  /** By ARN, URL or name. */
  find(reference: string): Queue | undefined
  /** What the template's queues are put with: creates, or changes the attributes of what is there. */
  putQueue(name: string, attributes: Readonly<Record<string, string>>): Queue
  deleteQueue(name: string): void
  urlOf(queue: Queue): string
}

export interface SqsDependencies {
  account: Account
  clock: Clock
  newId: () => string
  /** Such as `http://127.0.0.1:4566`; asked for when an URL is made. */
  endpoint: () => string
}

const noSuchQueue = () =>
  new AwsError('QueueDoesNotExist', 400, 'The specified queue does not exist.', {
    queryErrorCode: 'AWS.SimpleQueueService.NonExistentQueue',
  })

function stringMap(given: unknown): Record<string, string> {
  if (given === undefined || given === null) return {}
  if (typeof given !== 'object') throw invalidParameter('Attributes must be a map of strings.')
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))
}

/** Standard queues, over AWS JSON and over the older query protocol. */
export function sqsService(deps: SqsDependencies): SqsService {
  const queues = new Map<string, Queue>()
  const find = (reference: string) =>
    queues.get(reference.slice(Math.max(...[':', '/'].map(c => reference.lastIndexOf(c))) + 1))
  const urlOf = (queue: Queue) => `${deps.endpoint()}/${deps.account.accountId}/${queue.name}`

  function putQueue(name: string, given: Readonly<Record<string, string>>): Queue {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name))
      throw invalidParameter(
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length (FIFO queues are not in this cloud).',
      )
    const attributes = parseQueueAttributes(given)
    const existing = queues.get(name)
    if (existing !== undefined) {
      existing.attributes = attributes
      return existing
    }
    const identity = { name, arn: arn(deps.account, 'sqs', name) }
    const queue = new Queue(identity, attributes, { ...deps, deadLetterQueue: find })
    queues.set(name, queue)
    return queue
  }

  function existing(input: Members): Queue {
    const queue = find(text(input, 'QueueUrl'))
    if (queue === undefined) throw noSuchQueue()
    return queue
  }

  function create(input: Members): Members {
    const name = text(input, 'QueueName')
    const given = stringMap(input['Attributes'])
    const old = queues.get(name)
    const settings = old && describeQueueAttributes(old.attributes)
    if (settings !== undefined && Object.entries(given).some(([key, value]) => settings[key] !== value))
      throw new AwsError(
        'QueueNameExists',
        400,
        'A queue already exists with the same name and a different value for an attribute',
        {
          queryErrorCode: 'QueueAlreadyExists',
        },
      )
    return { QueueUrl: urlOf(old ?? putQueue(name, given)) }
  }

  function getAttributes(input: Members): Members {
    const queue = existing(input)
    const names = Array.isArray(input['AttributeNames']) ? input['AttributeNames'] : []
    const count = queue.count()
    const all: Record<string, string> = {
      ...describeQueueAttributes(queue.attributes),
      QueueArn: queue.arn,
      CreatedTimestamp: String(Math.floor(queue.createdAtMs / 1000)),
      LastModifiedTimestamp: String(Math.floor(queue.createdAtMs / 1000)),
      ApproximateNumberOfMessages: String(count.visible),
      ApproximateNumberOfMessagesNotVisible: String(count.inFlight),
      ApproximateNumberOfMessagesDelayed: String(count.delayed),
    }
    const wanted = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name))
    return { Attributes: Object.fromEntries(wanted) }
  }

  function setAttributes(input: Members): Members {
    const queue = existing(input)
    const given = stringMap(input['Attributes'])
    queue.attributes = parseQueueAttributes({ ...describeQueueAttributes(queue.attributes), ...given })
    return {}
  }

  function list(input: Members): Members {
    const prefix = typeof input['QueueNamePrefix'] === 'string' ? input['QueueNamePrefix'] : ''
    const most = wholeNumber(input, 'MaxResults', 1, 1000) ?? 1000
    const found = [...queues.values()].filter(({ name }) => name.startsWith(prefix)).slice(0, most)
    return { QueueUrls: found.map(urlOf) }
  }

  function getUrl(input: Members): Members {
    const queue = queues.get(text(input, 'QueueName'))
    if (queue === undefined) throw noSuchQueue()
    return { QueueUrl: urlOf(queue) }
  }

  const operations: Record<string, SqsOperation> = {
    CreateQueue: create,
    GetQueueUrl: getUrl,
    ListQueues: list,
    GetQueueAttributes: getAttributes,
    SetQueueAttributes: setAttributes,
    DeleteQueue: input => (queues.delete(existing(input).name), {}),
    PurgeQueue: input => (existing(input).purge(), {}),
    ...messageOperations(existing),
  }
  return {
    actions: Object.entries(operations).map(([name, run]) => ({
      service: 'sqs',
      name,
      handle: input => inBothProtocols(name, run, input),
    })),
    find,
    putQueue,
    deleteQueue: name => void queues.delete(name),
    urlOf,
  }
}

async function inBothProtocols(name: string, run: SqsOperation, input: Members): Promise<Members> {
  if (!isQuery(input)) return run(input)
  try {
    // Older clients name the queue by the URL that they post to, and repeat it among the fields.
    return queryOutput(name, await run(jsonInput(name, input)))
  } catch (error) {
    throw queryError(error)
  }
}
