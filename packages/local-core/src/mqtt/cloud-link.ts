import type { CloudConnection, OpenConnection } from './cloud-connection.ts'
import type { MqttMessage } from './mqtt-proxy.ts'

/** AWS IoT Core's limit of subscriptions on one connection. */
export const maxSubscriptionsPerLink = 50

export interface LinkEvents {
  readonly connected: (link: CloudLink, sessionPresent: boolean) => void
  readonly disconnected: (link: CloudLink, reason: string) => void
  readonly failed: (link: CloudLink, reason: string) => void
  readonly message: (link: CloudLink, message: MqttMessage) => void
}

/** One client id and the connection that presently serves it. */
export interface CloudLink {
  readonly clientId: string
  /** Filters that the broker has granted, with their QoS. */
  readonly granted: Map<string, 0 | 1>
  subscribing: number
  readonly isConnected: () => boolean
  readonly fingerprint: () => string | undefined
  /** Opens where nothing is open (may throw); settles once connected for the first time. */
  readonly open: () => Promise<CloudConnection>
  /** Ends the connection; the next `open` reads the identity afresh. */
  readonly close: () => Promise<void>
}

export function createCloudLink(
  clientId: string,
  openConnection: OpenConnection,
  events: LinkEvents,
): CloudLink {
  let connection: CloudConnection | undefined
  let firstConnect = Promise.withResolvers<CloudConnection>()
  let connected = false
  let connectedOnce = false
  let wasConnected = false

  const start = () => {
    // Who waits for the first connection of a client that was closed meanwhile waits for this one.
    if (wasConnected) firstConnect = Promise.withResolvers()
    wasConnected = false
    const opening = openConnection({
      clientId,
      resumeSession: connectedOnce,
      events: {
        connected: sessionPresent => {
          if (connection !== opening) return
          connected = true
          connectedOnce = true
          wasConnected = true
          firstConnect.resolve(opening)
          events.connected(link, sessionPresent)
        },
        disconnected: reason => {
          if (connection !== opening || !connected) return
          connected = false
          events.disconnected(link, reason)
        },
        failed: reason => connection === opening && events.failed(link, reason),
        message: message => connection === opening && events.message(link, message),
      },
    })
    connection = opening
  }

  const link: CloudLink = {
    clientId,
    granted: new Map(),
    subscribing: 0,
    isConnected: () => connected,
    fingerprint: () => connection?.fingerprint,
    open: async () => {
      if (connection === undefined) start()
      return firstConnect.promise
    },
    close: async () => {
      const closing = connection
      const wasOpen = connected
      connected = false
      if (wasOpen) events.disconnected(link, 'closed by the nucleus')
      connection = undefined
      await closing?.stop()
    },
  }
  return link
}
