import type { ISubscribePacket, ISubscription, IUnsubscribePacket } from 'mqtt-packet'
import type { BrokerState } from './broker-state.ts'
import { connectedClient } from './connected-client.ts'
import type { Connection, Established } from './connection.ts'
import { deliver } from './deliver.ts'
import { reasonCodes } from './reason-codes.ts'
import { isTopicFilter } from './topics.ts'

/** Answers SUBSCRIBE: one code per filter; a filter that is refused leaves the others alone. */
export function handleSubscribe(
  state: BrokerState,
  connection: Connection,
  established: Established,
  packet: ISubscribePacket,
): void {
  const { limits, sessions, clock } = state
  const { version, session } = established
  if (!isWellFormed(packet.messageId, packet.subscriptions)) {
    connection.close('CLIENT_ERROR', reasonCodes.malformedPacket)
    return
  }
  if (packet.subscriptions.length > limits.filtersPerSubscribe) {
    connection.close('CLIENT_ERROR', reasonCodes.quotaExceeded)
    return
  }
  const accepted: { request: ISubscription; isNew: boolean }[] = []
  const granted = packet.subscriptions.map(request => {
    const refusal = refusalOf(state, established, request.topic)
    if (refusal !== undefined) return version === 5 ? refusal : reasonCodes.unspecifiedError
    accepted.push({ request, isNew: !session.subscriptions.has(request.topic) })
    const qos = request.qos === 0 ? 0 : 1
    sessions.subscribe(session, {
      filter: request.topic,
      qos,
      noLocal: request.nl ?? false,
      retainAsPublished: request.rap ?? false,
    })
    return qos
  })
  connection.send({ cmd: 'suback', granted, ...messageIdOf(packet) })
  const topics = accepted.map(({ request }) => request.topic)
  if (topics.length > 0)
    state.tell({ kind: 'subscribed', client: connectedClient(connection, established), topics })
  for (const { request, isNew } of accepted) {
    const subscription = session.subscriptions.get(request.topic)
    if (subscription === undefined || request.rh === 2 || (request.rh === 1 && !isNew)) continue
    for (const message of state.retained.matching(request.topic, clock.now()))
      deliver(state, session, subscription, message, true)
  }
}

function refusalOf(
  { limits }: BrokerState,
  { authority, session }: Established,
  filter: string,
): number | undefined {
  if (filter.startsWith('$share/')) return reasonCodes.sharedSubscriptionsNotSupported
  if (!isTopicFilter(filter, limits)) return reasonCodes.topicFilterInvalid
  if (!authority.allows('iot:Subscribe', `topicfilter/${filter}`)) return reasonCodes.notAuthorized
  const isFull =
    session.subscriptions.size >= limits.subscriptionsPerConnection && !session.subscriptions.has(filter)
  return isFull ? reasonCodes.quotaExceeded : undefined
}

export function handleUnsubscribe(
  state: BrokerState,
  connection: Connection,
  established: Established,
  packet: IUnsubscribePacket,
): void {
  const { session } = established
  if (!isWellFormed(packet.messageId, packet.unsubscriptions)) {
    connection.close('CLIENT_ERROR', reasonCodes.malformedPacket)
    return
  }
  const granted = packet.unsubscriptions.map(filter =>
    state.sessions.unsubscribe(session, filter) ? reasonCodes.success : reasonCodes.noSubscriptionExisted,
  )
  connection.send({ cmd: 'unsuback', granted, ...messageIdOf(packet) })
  const topics = packet.unsubscriptions
  state.tell({ kind: 'unsubscribed', client: connectedClient(connection, established), topics })
}

/** The decoder lets pass what has no packet id or no filter at all. */
function isWellFormed(messageId: number | undefined, filters: readonly unknown[]): boolean {
  return messageId !== undefined && messageId > 0 && filters.length > 0
}

function messageIdOf({ messageId }: { messageId?: number }): { messageId: number } | Record<string, never> {
  return messageId === undefined ? {} : { messageId }
}
