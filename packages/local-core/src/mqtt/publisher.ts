import type { MqttSettings } from '../config/device-settings.ts'
import type { CloudLink } from './cloud-link.ts'
import type { MessageFaults } from './message-faults.ts'
import type { MqttMessage } from './mqtt-proxy.ts'
import { createSpooler, type SpooledMessage } from './spooler.ts'
import { topicFault } from './topic-limits.ts'

/** Sends spooled messages over whatever connections there are. */
export interface Publisher {
  /** Spools; throws where the message is not acceptable. */
  readonly publish: (message: MqttMessage) => void
  /** Goes on sending, after a connection came. */
  readonly drain: () => void
  /** Forgets what may not wait, after the last connection went. */
  readonly wentOffline: () => void
  readonly waiting: () => number
}

export interface PublisherOptions {
  readonly settings: MqttSettings
  readonly faults: MessageFaults
  readonly connectedLinks: () => readonly CloudLink[]
}

/** Success, no subscribers, not authorized, topic or payload invalid: sending again changes nothing. */
const finalCodes: ReadonlySet<number> = new Set([0, 16, 135, 144, 153])

export function createPublisher({ settings, faults, connectedLinks }: PublisherOptions): Publisher {
  const spooler = createSpooler(settings.spoolMaxSizeInBytes)
  let inFlight = 0
  let turn = 0

  const drain = () => {
    while (inFlight < settings.maxInFlightPublishes) {
      const links = connectedLinks()
      const link = links[turn++ % links.length]
      const spooled = link === undefined ? undefined : spooler.take()
      if (link === undefined || spooled === undefined) return
      inFlight++
      void send(link, spooled)
    }
  }

  const send = async (link: CloudLink, spooled: SpooledMessage): Promise<void> => {
    const code = await publishOn(link, spooled.message, faults).catch(() => 'failed' as const)
    inFlight--
    spooled.attempts++
    const attemptsLeft = settings.maxPublishRetry === -1 || spooled.attempts <= settings.maxPublishRetry
    if ((code !== 'failed' && finalCodes.has(code)) || !attemptsLeft) spooler.sent(spooled)
    else spooler.putBack(spooled)
    drain()
  }

  return {
    drain,
    waiting: spooler.waiting,
    wentOffline: () => {
      if (!settings.keepQos0WhenOffline) spooler.dropQos0()
    },
    publish: message => {
      const offline = connectedLinks().length === 0
      const refusal = messageFault(message, settings)
      if (refusal !== undefined) throw new Error(refusal)
      if (offline && message.qos === 0 && !settings.keepQos0WhenOffline) {
        throw new Error('Device is offline. Dropping QoS 0 message.')
      }
      spooler.add(message)
      drain()
    },
  }
}

function messageFault({ topic, payload }: MqttMessage, settings: MqttSettings): string | undefined {
  if (payload.length > settings.maxMessageSizeInBytes) {
    return (
      `The publishing message size ${payload.length} bytes exceeds the configured limit of ` +
      `${settings.maxMessageSizeInBytes} bytes`
    )
  }
  return topicFault(topic, { operation: 'publish', version: settings.version })
}

async function publishOn(link: CloudLink, message: MqttMessage, faults: MessageFaults): Promise<number> {
  const connection = await link.open()
  let sent: Promise<number> = Promise.resolve(0)
  faults.pass('to-cloud', message.topic, () => {
    sent = connection.publish(message)
    // Nobody waits for a copy that a fault sends later.
    sent.catch(() => {})
  })
  return sent
}
