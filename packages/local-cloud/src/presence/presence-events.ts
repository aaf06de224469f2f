import type { Clock } from '../clock.ts'
import type { LifecycleEvent } from '../mqtt/lifecycle.ts'
import type { Message } from '../mqtt/message-bus.ts'

/** Publishes what happens to connections under `$aws/events`, as AWS does without being asked. */
export function presenceEvents(
  clock: Clock,
  publish: (message: Message) => void,
): (event: LifecycleEvent) => void {
  return event => {
    const timestamp = clock.now()
    publish({
      topic: topicOf(event),
      payload: Buffer.from(JSON.stringify({ ...payloadOf(event), timestamp })),
      qos: 1,
      source: { kind: 'service' },
    })
  }
}

function topicOf({ kind, client: { clientId } }: LifecycleEvent): string {
  if (kind === 'connect-failed') return `$aws/events/presence/connect_failed/${clientId}`
  const family = kind === 'connected' || kind === 'disconnected' ? 'presence' : 'subscriptions'
  return `$aws/events/${family}/${kind}/${clientId}`
}

function payloadOf(event: LifecycleEvent): Record<string, unknown> {
  const { clientId, certificateId: principalIdentifier, ipAddress } = event.client
  if (event.kind === 'connect-failed')
    return {
      clientId,
      eventType: 'connect_failed',
      principalIdentifier,
      ipAddress,
      connectFailureReason: 'AUTHORIZATION_FAILED',
    }
  const { exclusiveThingName, sessionIdentifier, versionNumber } = event.client
  const base = {
    clientId,
    ...(exclusiveThingName !== undefined && { thingName: exclusiveThingName }),
    eventType: event.kind,
    sessionIdentifier,
    principalIdentifier,
  }
  if (event.kind === 'connected') return { ...base, ipAddress, versionNumber }
  if (event.kind !== 'disconnected') return { ...base, topics: event.topics }
  const { reason } = event
  return {
    ...base,
    versionNumber,
    clientInitiatedDisconnect: reason === 'CLIENT_INITIATED_DISCONNECT',
    disconnectReason: reason,
  }
}
