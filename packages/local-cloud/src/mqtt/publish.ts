import type { IPublishPacket } from 'mqtt-packet'
import { type BrokerState, pass } from './broker-state.ts'
import type { Connection, Established } from './connection.ts'
import { deliver, deliverToSubscribers } from './deliver.ts'
import type { Message, MqttSource } from './message-bus.ts'
import { type MessageProperties, readMessageProperties } from './message-properties.ts'
import { OutgoingMessage } from './outgoing-message.ts'
import { reasonCodes } from './reason-codes.ts'
import { filterMatches, isTopic } from './topics.ts'

/** Takes a PUBLISH of a client. What is not allowed ends the connection, as on AWS. */
export function handlePublish(
  state: BrokerState,
  connection: Connection,
  established: Established,
  packet: IPublishPacket,
): void {
  const { limits } = state
  const { qos, messageId } = packet
  if (qos === 2) return connection.close('CLIENT_ERROR', reasonCodes.qosNotSupported)
  const topic = resolveAlias(state, established, packet)
  if (topic === undefined) return connection.close('CLIENT_ERROR', reasonCodes.topicAliasInvalid)
  if (!isTopic(topic, limits)) return connection.close('CLIENT_ERROR', reasonCodes.topicNameInvalid)
  const properties = readMessageProperties(packet.properties)
  if (properties === undefined) return connection.close('CLIENT_ERROR', reasonCodes.malformedPacket)
  const payload = Buffer.from(packet.payload)
  if (payload.length > limits.payloadBytes)
    return connection.close('CLIENT_ERROR', reasonCodes.packetTooLarge)
  if (!mayPublish(established, topic, packet.retain))
    return connection.close('AUTH_ERROR', reasonCodes.notAuthorized)
  const reserved = state.reserved.find(family => family.matches(topic))
  if (reserved === undefined && topic.startsWith('$'))
    return connection.close('FORBIDDEN_ACCESS', reasonCodes.topicNameInvalid)
  // What exceeds the rate is discarded without an acknowledgement, so that a QoS 1 client may send it again.
  if (!established.meter.admit(state.clock.now())) return undefined
  const source = sourceOf(state, connection, established)
  const accept = () => {
    if (qos === 1 && messageId !== undefined) acknowledge(connection, messageId)
    if (reserved !== undefined) reserved.receive({ topic, payload, qos, source })
    else publishMessage(state, { topic, payload, qos, source, retain: packet.retain }, properties)
  }
  if (state.faults.size === 0) accept()
  else pass(state, { direction: 'in', clientId: established.clientId, topic, payload }, accept)
  return undefined
}

export function mayPublish({ authority }: Established, topic: string, retain: boolean): boolean {
  return (
    authority.allows('iot:Publish', `topic/${topic}`) &&
    (!retain || authority.allows('iot:RetainPublish', `topic/${topic}`))
  )
}

function resolveAlias(
  { limits }: BrokerState,
  { aliases }: Established,
  { topic, properties }: IPublishPacket,
): string | undefined {
  const alias = properties?.topicAlias
  if (alias === undefined) return topic
  if (alias < 1 || alias > limits.topicAliases) return undefined
  if (topic === '') return aliases.get(alias)
  aliases.set(alias, topic)
  return topic
}

/** PUBACK is the same in both versions as long as its reason is success. */
function acknowledge(connection: Connection, messageId: number): void {
  connection.sendBytes(Buffer.from([0x40, 2, messageId >> 8, messageId & 0xff]))
}

/** To the retained messages, to subscribers and to all that listen in the cloud. */
export function publishMessage(
  state: BrokerState,
  message: Message,
  properties: MessageProperties = {},
): void {
  const { topic, payload, qos, source, retain = false } = message
  const now = state.clock.now()
  const expiryMs = (properties.messageExpiryInterval ?? Infinity) * 1000
  const expiresAt = now + Math.min(state.limits.messageLifetimeMs, expiryMs)
  const content = { topic, payload, qos, retain, properties }
  const outgoing = new OutgoingMessage({ ...content, expiresAt })
  if (retain) state.retained.keep(new OutgoingMessage({ ...content, expiresAt: now + expiryMs }))
  deliverToSubscribers(state, outgoing, source.kind === 'mqtt' ? source.clientId : undefined)
  for (const listener of state.listeners) listener(message)
}

function sourceOf(state: BrokerState, connection: Connection, established: Established): MqttSource {
  const { clientId, session, authority } = established
  const thingName = authority.thingName()
  return {
    kind: 'mqtt',
    clientId,
    certificateId: connection.certificateId,
    ...(thingName !== undefined && { thingName }),
    reply(topic, payload) {
      if (connection.closed) return
      const now = state.clock.now()
      for (const subscription of session.subscriptions.values()) {
        if (!filterMatches(subscription.filter, topic)) continue
        const expiresAt = now + state.limits.messageLifetimeMs
        deliver(
          state,
          session,
          subscription,
          new OutgoingMessage({ topic, payload, qos: 1, expiresAt }),
          false,
        )
        return
      }
    },
  }
}
