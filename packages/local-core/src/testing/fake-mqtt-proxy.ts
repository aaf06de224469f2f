import type { MqttMessage, MqttProxy } from '../mqtt/mqtt-proxy.ts'
import { filterMatches } from '../mqtt/topic-filter.ts'

/** An MQTT proxy without a cloud: grants when told to, hands back what is published. */
export interface FakeMqttProxy extends MqttProxy {
  readonly published: MqttMessage[]
  readonly filters: () => string[]
  /** Settles subscriptions that wait; with a reason it refuses them. */
  readonly answer: (refusal?: string) => void
  readonly deliver: (topic: string, payload: string) => number
  autoGrant: boolean
}

export function fakeMqttProxy(): FakeMqttProxy {
  const subscribers = new Set<{
    readonly filter: string
    readonly onMessage: (message: MqttMessage) => void
  }>()
  let waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []
  const proxy: FakeMqttProxy = {
    published: [],
    autoGrant: true,
    filters: () => [...subscribers].map(({ filter }) => filter),
    publish: message => {
      if (message.topic === 'open/offline') throw new Error('Device is offline. Dropping QoS 0 message.')
      proxy.published.push(message)
    },
    subscribe: (filter, _qos, onMessage) => {
      const subscriber = { filter, onMessage }
      subscribers.add(subscriber)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.push({ resolve, reject })
      if (proxy.autoGrant) proxy.answer()
      return { granted: promise, cancel: () => subscribers.delete(subscriber) }
    },
    answer: refusal => {
      for (const { resolve, reject } of waiting) {
        if (refusal === undefined) resolve()
        else reject(new Error(refusal))
      }
      waiting = []
    },
    deliver: (topic, payload) => {
      const hit = [...subscribers].filter(({ filter }) => filterMatches(filter, topic))
      for (const { onMessage } of hit) {
        onMessage({
          topic,
          qos: 1,
          payload: Buffer.from(payload),
          retain: false,
          payloadFormat: 'bytes',
          userProperties: [],
        })
      }
      return hit.length
    },
  }
  return proxy
}
