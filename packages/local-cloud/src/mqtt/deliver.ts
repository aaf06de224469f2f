import { type BrokerState, pass } from './broker-state.ts'
import type { Connection, Established } from './connection.ts'
import type { OutgoingMessage } from './outgoing-message.ts'
import type { Sending, Session, Subscription } from './session.ts'

/** Sends a message to every session subscribed to its topic. @param publisher its client id, for MQTT 5's no-local */
export function deliverToSubscribers(state: BrokerState, message: OutgoingMessage, publisher?: string): void {
  for (const [session, subscription] of state.sessions.subscribersOf(message.topic)) {
    if (subscription.noLocal && session.clientId === publisher) continue
    deliver(state, session, subscription, message, subscription.retainAsPublished && message.retain)
  }
}

/** Sends a message to one session by one of its subscriptions. */
export function deliver(
  state: BrokerState,
  session: Session,
  subscription: Subscription,
  message: OutgoingMessage,
  retain: boolean,
): void {
  const { topic, payload } = message
  const qos = Math.min(message.qos, subscription.qos)
  const send = () => {
    const connection = connectionOf(state, session)
    if (qos === 1) {
      session.enqueue(message, retain, state.limits.queuedMessages)
      if (connection !== undefined) sendWaiting(state, connection)
    } else if (connection?.established !== undefined) {
      sendOnce(state, connection, connection.established, message, retain)
    }
  }
  if (state.faults.size === 0) send()
  else pass(state, { direction: 'out', clientId: session.clientId, topic, payload }, send)
}

function connectionOf(state: BrokerState, session: Session): Connection | undefined {
  const connection = state.connected.get(session.clientId)
  return connection?.established?.session === session && !connection.closed ? connection : undefined
}

function sendOnce(
  state: BrokerState,
  connection: Connection,
  established: Established,
  message: OutgoingMessage,
  retain: boolean,
): void {
  const { limits, clock } = state
  if (!established.authority.allows('iot:Receive', `topic/${message.topic}`)) return
  if (connection.wire.unsentBytes > limits.unreadBytes || !established.meter.admit(clock.now())) return
  const frame = message.frame(established.version, retain)
  if (frame.length <= established.maximumPacketBytes) connection.sendBytes(frame)
}

/** Sends the QoS 1 messages that wait, as far as the client's window goes. */
export function sendWaiting(state: BrokerState, connection: Connection): void {
  const { established } = connection
  if (established === undefined) return
  const now = state.clock.now()
  for (;;) {
    const sending = established.session.sendNext(established.window, now)
    if (sending === undefined) break
    sendInFlight(connection, established, sending, false)
  }
  armRedelivery(state, connection, established)
}

/** Sends again what the client has not acknowledged: at its return, and on an MQTT 3.1.1 connection now and then. */
export function redeliver(state: BrokerState, connection: Connection): void {
  const { established } = connection
  if (established === undefined) return
  for (const sending of established.session.unacknowledged(state.clock.now()))
    sendInFlight(connection, established, sending, true)
  armRedelivery(state, connection, established)
}

function sendInFlight(
  connection: Connection,
  { authority, session, version, maximumPacketBytes }: Established,
  { message, retain, messageId }: Sending,
  duplicate: boolean,
): void {
  const frame = message.frameWithId(version, retain, messageId, duplicate)
  if (authority.allows('iot:Receive', `topic/${message.topic}`) && frame.length <= maximumPacketBytes)
    connection.sendBytes(frame)
  // What may not be sent counts as dealt with, or it would hold up the window for ever.
  else session.acknowledge(messageId)
}

function armRedelivery(state: BrokerState, connection: Connection, { session, version }: Established): void {
  // MQTT 5 forbids sending again on the same connection (4.4).
  if (version === 5 || connection.redeliveryTimer !== undefined || session.inFlight === 0) return
  connection.redeliveryTimer = state.clock.after(state.limits.redeliveryMs, () => {
    connection.redeliveryTimer = undefined
    if (!connection.closed) redeliver(state, connection)
  })
}
