import type { Clock } from '../clock.ts'
import { type CloudLink, maxSubscriptionsPerLink } from './cloud-link.ts'
import type { MqttMessage, MqttProxy } from './mqtt-proxy.ts'
import { filterCovers, filterMatches } from './topic-filter.ts'
import { topicFault } from './topic-limits.ts'

/** Who listens to what, and which subscriptions that takes in the cloud. */
export interface Subscriptions {
  readonly subscribe: MqttProxy['subscribe']
  /** Hands a message that came in on `link` to its subscribers. */
  readonly deliver: (link: CloudLink, message: MqttMessage) => void
  /** Asks again for what the broker has forgotten. */
  readonly resubscribe: (link: CloudLink) => Promise<void>
}

export interface SubscriptionsOptions {
  readonly version: 'mqtt5' | 'mqtt3'
  readonly clock: Clock
  readonly resubscribeRetryMs: number
  readonly links: readonly CloudLink[]
  readonly addLink: () => CloudLink
}

interface Subscriber {
  readonly filter: string
  readonly onMessage: (message: MqttMessage) => void
  readonly link: CloudLink
}

const firstFailureCode = 128

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { links } = options
  const subscribers = new Set<Subscriber>()

  const resubscribe = async (link: CloudLink, filters: readonly string[]): Promise<void> => {
    const refused: string[] = []
    for (const filter of filters) {
      const qos = link.granted.get(filter)
      if (qos === undefined) continue
      const connection = await link.open()
      const code = await connection.subscribe(filter, qos).catch(() => firstFailureCode)
      if (code >= firstFailureCode) refused.push(filter)
    }
    if (refused.length === 0) return
    options.clock.after(options.resubscribeRetryMs, () => {
      if (link.isConnected()) void resubscribe(link, refused)
    })
  }

  const grant = async (subscriber: Subscriber, qos: 0 | 1): Promise<void> => {
    const { link, filter } = subscriber
    link.subscribing++
    try {
      const connection = await link.open()
      if (!subscribers.has(subscriber)) return
      const code = await connection.subscribe(filter, qos)
      if (code >= firstFailureCode) throw new Error(subackName(code))
      link.granted.set(filter, qos)
      if (!subscribers.has(subscriber)) await unsubscribeUnused(link, subscribers)
    } catch (error) {
      subscribers.delete(subscriber)
      throw error
    } finally {
      link.subscribing--
    }
  }

  return {
    resubscribe: link => resubscribe(link, [...link.granted.keys()]),
    deliver: (link, message) => {
      for (const { onMessage } of recipients(subscribers, link, message.topic)) onMessage(message)
    },
    subscribe: (filter, qos, onMessage) => {
      const fault = topicFault(filter, { operation: 'subscribe', version: options.version })
      if (fault !== undefined) return { granted: Promise.reject(new Error(fault)), cancel: () => {} }
      const covering = links.find(link => grants(link, filter))
      const subscriber = { filter, onMessage, link: covering ?? roomyLink(links) ?? options.addLink() }
      subscribers.add(subscriber)
      return {
        granted: covering === undefined ? grant(subscriber, qos) : Promise.resolve(),
        cancel: () => {
          subscribers.delete(subscriber)
          void unsubscribeUnused(subscriber.link, subscribers)
        },
      }
    },
  }
}

function recipients(subscribers: ReadonlySet<Subscriber>, link: CloudLink, topic: string): Subscriber[] {
  const matching = [...subscribers].filter(({ filter }) => filterMatches(filter, topic))
  const own = matching.filter(subscriber => subscriber.link === link)
  // AWS answers some requests on the connection that asked, whoever subscribed.
  return own.length > 0 ? own : matching
}

const grants = (link: CloudLink, filter: string) =>
  [...link.granted.keys()].some(wide => filterCovers(wide, filter))

const roomyLink = (links: readonly CloudLink[]) =>
  links.find(link => link.granted.size + link.subscribing < maxSubscriptionsPerLink)

async function unsubscribeUnused(link: CloudLink, subscribers: ReadonlySet<Subscriber>): Promise<void> {
  const unused = [...link.granted.keys()].filter(
    granted => ![...subscribers].some(({ filter }) => filterCovers(granted, filter)),
  )
  for (const filter of unused) {
    link.granted.delete(filter)
    if (!link.isConnected()) continue
    const connection = await link.open()
    await connection.unsubscribe(filter).catch(() => {})
  }
}

function subackName(code: number): string {
  return code === 135 ? 'NOT_AUTHORIZED' : code === 128 ? 'UNSPECIFIED_ERROR' : `reason code ${code}`
}
