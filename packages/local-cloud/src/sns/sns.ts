import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import { askToConfirm, type DeliveryFailed, deliver, type Subscribers } from './delivery.ts'
import { notification, type SnsMessage } from './message.ts'
import { invalidParameter, type Subscription, Topics, type WantedSubscription } from './topics.ts'

export interface SnsDependencies {
  account: Account
  clock: Clock
  newId: () => string
  endpoint: () => string
  subscribers: Subscribers
  deliveryFailed: DeliveryFailed
}

export interface Publication {
  topicArn: string
  message: string
  subject?: string
  attributes?: SnsMessage['attributes']
}

/** Hands what is published on to subscribers. Deliveries go on behind the back of whoever published. */
export class Sns {
  readonly topics: Topics
  readonly #deps: SnsDependencies
  readonly #observers = new Set<(message: SnsMessage) => void>()
  readonly #underWay = new Set<Promise<void>>()

  constructor(deps: SnsDependencies) {
    this.#deps = deps
    this.topics = new Topics(deps.account, deps.newId)
  }

  /** @throws AwsError `NotFound`, `InvalidParameter` */
  publish({ topicArn, message, subject, attributes = {} }: Publication): { messageId: string } {
    this.topics.get(topicArn)
    if (message === '') throw invalidParameter('Empty message')
    if (Buffer.byteLength(message) > 262_144) throw invalidParameter('Message too long')
    if (subject !== undefined && (subject === '' || subject.length > 100)) throw invalidParameter('Subject')
    const { clock, newId, subscribers } = this.#deps
    const published: SnsMessage = {
      messageId: newId(),
      topicArn,
      message,
      publishedAtMs: clock.now(),
      attributes,
      ...(subject !== undefined && { subject }),
    }
    for (const observer of this.#observers) observer(published)
    for (const subscription of this.topics.subscriptions(topicArn))
      if (subscription.pendingToken === undefined)
        this.#track(subscription, deliver(published, subscription, subscribers), published)
    return { messageId: published.messageId }
  }

  /** A web endpoint is asked to confirm; the others are subscribed at once. */
  subscribe(wanted: WantedSubscription): Subscription {
    const subscription = this.topics.subscribe(wanted)
    const { pendingToken } = subscription
    if (pendingToken !== undefined)
      this.#track(subscription, this.#confirmationOf(subscription, pendingToken))
    return subscription
  }

  /** Hears every published message. Returns the way to stop. */
  observe(observer: (message: SnsMessage) => void): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  /** Ends when all deliveries that are under way have ended. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  async #confirmationOf(subscription: Subscription, token: string): Promise<void> {
    const { clock, endpoint, newId, subscribers } = this.#deps
    const { topicArn } = subscription
    const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: token })
    const subscribeUrl = `${endpoint()}/?${query.toString()}`
    const request = { token, subscribeUrl, messageId: newId(), nowMs: clock.now() }
    const answered = await askToConfirm(subscription, request, subscribers)
    if (!answered) throw new Error('the endpoint did not take the subscription confirmation')
    // An endpoint that follows the link has confirmed by now; one that only answers means the same here.
    const isPending = this.topics.subscriptions(topicArn).some(({ pendingToken }) => pendingToken === token)
    if (isPending) this.topics.confirm(topicArn, token)
  }

  #track(subscription: Subscription, work: Promise<void>, message?: SnsMessage): void {
    const fail = (error: unknown) =>
      this.#deps.deliveryFailed(subscription, error instanceof Error ? error.message : String(error))
    const { deadLetterArn } = subscription
    const keep = async () => {
      if (deadLetterArn === undefined || message === undefined) return
      this.#deps.subscribers.sendToQueue(deadLetterArn, JSON.stringify(notification(message)))
    }
    const ended = work
      .catch(async (error: unknown) => {
        fail(error)
        await keep().catch(fail)
      })
      .finally(() => this.#underWay.delete(ended))
    this.#underWay.add(ended)
  }
}
