import { type Account, arn } from '../account.ts'
import type { Clock } from '../clock.ts'
import { invalidParameter } from './message-input.ts'
import { Queue } from './queue.ts'
import { parseQueueAttributes } from './queue-attributes.ts'

export interface QueuesDependencies {
  account: Account
  clock: Clock
  newId: () => string
  /** Such as `http://127.0.0.1:4566`; asked for when a URL is made. */
  endpoint: () => string
}

/** The queues of the account. */
export class Queues {
  readonly #deps: QueuesDependencies
  readonly #queues = new Map<string, Queue>()

  constructor(deps: QueuesDependencies) {
    this.#deps = deps
  }

  /** By ARN, URL or name. */
  find(reference: string): Queue | undefined {
    return this.#queues.get(reference.replace(/^.*[:/]/, ''))
  }

  all(): Queue[] {
    return [...this.#queues.values()]
  }

  /** Creates, or changes the attributes of what is there. @throws AwsError */
  put(name: string, given: Readonly<Record<string, string>>): Queue {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name))
      throw invalidParameter(
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length (FIFO queues are not in this cloud).',
      )
    const attributes = parseQueueAttributes(given)
    const existing = this.#queues.get(name)
    if (existing !== undefined) {
      existing.attributes = attributes
      return existing
    }
    const identity = { name, arn: arn(this.#deps.account, 'sqs', name) }
    const queue = new Queue(identity, attributes, {
      ...this.#deps,
      deadLetterQueue: reference => this.find(reference),
    })
    this.#queues.set(name, queue)
    return queue
  }

  delete(name: string): void {
    this.#queues.delete(name)
  }

  urlOf(queue: Queue): string {
    return `${this.#deps.endpoint()}/${this.#deps.account.accountId}/${queue.name}`
  }
}
