import type { Clock } from '../clock.ts'
import type { MqttSettings } from '../config/device-settings.ts'
import type { Timings } from '../timings.ts'
import type { OpenConnection } from './cloud-connection.ts'
import { type CloudLink, createCloudLink, type LinkEvents } from './cloud-link.ts'
import type { MessageFaults } from './message-faults.ts'
import type { MqttProxy } from './mqtt-proxy.ts'
import { createPublisher } from './publisher.ts'
import { createSubscriptions } from './subscriptions.ts'

export type MqttEvent =
  | {
      readonly event: 'mqtt-connected'
      readonly clientId: string
      readonly fingerprint: string
      readonly sessionPresent: boolean
    }
  | {
      readonly event: 'mqtt-disconnected' | 'mqtt-failed'
      readonly clientId: string
      readonly fingerprint: string
      readonly reason: string
    }
  | { readonly event: 'mqtt-build-failed'; readonly clientId: string; readonly reason: string }

export interface MqttClientOptions {
  readonly thingName: string
  readonly settings: MqttSettings
  readonly timings: Timings
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  readonly openConnection: OpenConnection
  readonly faults: MessageFaults
  readonly tell: (event: MqttEvent) => void
}

/** The nucleus's MQTT client: spooler, subscriptions, and one connection for every 50 of these. */
export interface MqttClient extends MqttProxy {
  /** Connects, and keeps trying where a connection cannot even be built. */
  readonly start: () => void
  /** Closes every connection and opens it with freshly read files. */
  readonly reconnect: () => Promise<void>
  readonly isOnline: () => boolean
  readonly spooledMessages: () => number
  readonly stop: () => Promise<void>
}

export function createMqttClient(options: MqttClientOptions): MqttClient {
  const { settings, timings, clock, tell, faults } = options
  const links: CloudLink[] = []
  let stopped = false
  const connectedLinks = () => links.filter(link => link.isConnected())
  const publisher = createPublisher({ settings, faults, connectedLinks })
  const addLink = () => {
    const number = links.length + 1
    const clientId = number === 1 ? options.thingName : `${options.thingName}#${number}`
    const link = createCloudLink(clientId, options.openConnection, linkEvents)
    links.push(link)
    return link
  }
  const subscriptions = createSubscriptions({
    version: settings.version,
    clock,
    resubscribeRetryMs: timings.resubscribeRetryMs,
    links,
    addLink,
  })
  const linkEvents: LinkEvents = {
    connected: (link, sessionPresent) => {
      tell({ event: 'mqtt-connected', ...identityOf(link), sessionPresent })
      if (!sessionPresent) void subscriptions.resubscribe(link)
      publisher.drain()
    },
    disconnected: (link, reason) => {
      tell({ event: 'mqtt-disconnected', ...identityOf(link), reason })
      if (connectedLinks().length === 0) publisher.wentOffline()
    },
    failed: (link, reason) => tell({ event: 'mqtt-failed', ...identityOf(link), reason }),
    message: (link, message) => {
      faults.pass('from-cloud', message.topic, () => subscriptions.deliver(link, message))
    },
  }
  const openOrRetry = (link: CloudLink) => {
    if (stopped) return
    link.open().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      tell({ event: 'mqtt-build-failed', clientId: link.clientId, reason })
      const waitMs = timings.buildRetryMs + Math.floor(options.random() * timings.buildRetryJitterMs)
      clock.after(waitMs, () => openOrRetry(link))
    })
  }
  return {
    start: () => openOrRetry(links[0] ?? addLink()),
    isOnline: () => connectedLinks().length > 0,
    spooledMessages: publisher.waiting,
    publish: publisher.publish,
    subscribe: subscriptions.subscribe,
    reconnect: async () => {
      await Promise.all(links.map(link => link.close()))
      for (const link of links) openOrRetry(link)
    },
    stop: async () => {
      stopped = true
      await Promise.all(links.map(link => link.close()))
    },
  }
}

function identityOf(link: CloudLink): { readonly clientId: string; readonly fingerprint: string } {
  return { clientId: link.clientId, fingerprint: link.fingerprint() ?? '' }
}
