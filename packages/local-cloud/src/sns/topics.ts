import { type Account, arn } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'

export type SubscriptionProtocol = 'sqs' | 'lambda' | 'http' | 'https' | 'email'

export interface Subscription {
  arn: string
  topicArn: string
  protocol: SubscriptionProtocol
  endpoint: string
  rawDelivery: boolean
  /** The queue of what could not be delivered. */
  deadLetterArn?: string
  /** Set until the endpoint has confirmed. */
  pendingToken?: string
}

export interface WantedSubscription {
  topicArn: string
  protocol: string
  endpoint: string
  raw?: boolean
  deadLetterArn?: string
}

export interface Topic {
  arn: string
  name: string
  attributes: Record<string, string>
}

export const invalidParameter = (message: string) =>
  new AwsError('InvalidParameter', 400, `Invalid parameter: ${message}`)
export const notFound = (what: string) => new AwsError('NotFound', 404, `${what} does not exist`)

const protocols = new Set(['sqs', 'lambda', 'http', 'https', 'email'])

function isProtocol(text: string): text is SubscriptionProtocol {
  return protocols.has(text)
}

/** Topics and who is subscribed to them. */
export class Topics {
  readonly #account: Account
  readonly #newId: () => string
  readonly #topics = new Map<string, Topic>()
  readonly #subscriptions = new Map<string, Subscription>()

  constructor(account: Account, newId: () => string) {
    this.#account = account
    this.#newId = newId
  }

  put(name: string, attributes: Record<string, string>): Topic {
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name))
      throw invalidParameter('Topic Name (FIFO topics are not in this cloud)')
    const topicArn = arn(this.#account, 'sns', name)
    const topic = {
      arn: topicArn,
      name,
      attributes: { ...this.#topics.get(topicArn)?.attributes, ...attributes },
    }
    this.#topics.set(topicArn, topic)
    return topic
  }

  get(topicArn: string): Topic {
    const topic = this.#topics.get(topicArn)
    if (topic === undefined) throw notFound('Topic')
    return topic
  }

  has(name: string): boolean {
    return this.#topics.has(arn(this.#account, 'sns', name))
  }

  list(): Topic[] {
    return [...this.#topics.values()]
  }

  delete(topicArn: string): void {
    this.#topics.delete(topicArn)
    for (const { arn } of this.subscriptions(topicArn)) this.#subscriptions.delete(arn)
  }

  /** The same protocol and endpoint again is the same subscription. */
  subscribe({ topicArn, protocol, endpoint, raw = false, deadLetterArn }: WantedSubscription): Subscription {
    this.get(topicArn)
    if (!isProtocol(protocol)) throw invalidParameter(`Does not support this protocol string: ${protocol}`)
    const old = this.subscriptions(topicArn).find(
      one => one.protocol === protocol && one.endpoint === endpoint,
    )
    if (old !== undefined) return old
    const needsConfirmation = protocol === 'http' || protocol === 'https'
    const subscription: Subscription = {
      arn: `${topicArn}:${this.#newId()}`,
      topicArn,
      protocol,
      endpoint,
      rawDelivery: raw,
      ...(deadLetterArn !== undefined && { deadLetterArn }),
      ...(needsConfirmation && { pendingToken: this.#newId() }),
    }
    this.#subscriptions.set(subscription.arn, subscription)
    return subscription
  }

  confirm(topicArn: string, token: string): Subscription {
    const found = this.subscriptions(topicArn).find(({ pendingToken }) => pendingToken === token)
    if (found === undefined) throw invalidParameter('Token')
    const { pendingToken: _, ...confirmed } = found
    this.#subscriptions.set(found.arn, confirmed)
    return confirmed
  }

  unsubscribe(subscriptionArn: string): void {
    this.#subscriptions.delete(subscriptionArn)
  }

  subscriptions(topicArn: string): Subscription[] {
    return [...this.#subscriptions.values()].filter(subscription => subscription.topicArn === topicArn)
  }
}
