import type { Clock } from '../clock.ts'
import type { AuthorityDependencies } from '../policies/device-authority.ts'
import type { Connection } from './connection.ts'
import type { LifecycleEvent } from './lifecycle.ts'
import type { BrokerLimits } from './limits.ts'
import type { Message, ReservedTopics } from './message-bus.ts'
import type { RetainedMessages } from './retained-messages.ts'
import type { SessionStore } from './session-store.ts'

/** A message on its way between a client and the broker, where a fault may meet it. */
export interface Passage {
  /** `in`: from the client. `out`: to it. */
  direction: 'in' | 'out'
  clientId: string
  topic: string
  payload: Buffer
}

/**
 * Decides what becomes of a message: `deliver` called once lets it pass, later delays it, twice duplicates it, never
 * loses it. What a client sent is acknowledged as it is delivered, so a lost QoS 1 message stays unacknowledged.
 */
export type MessageFault = (passage: Passage, deliver: () => void) => void

/** What the parts of the broker share. */
export interface BrokerState {
  clock: Clock
  limits: BrokerLimits
  newId: () => string
  authority: AuthorityDependencies
  sessions: SessionStore
  retained: RetainedMessages
  /** Connections that have sent CONNECT, by client id. */
  connected: Map<string, Connection>
  /** How often each client id has connected. */
  versionNumbers: Map<string, number>
  reserved: ReservedTopics[]
  listeners: Set<(message: Message) => void>
  faults: Set<MessageFault>
  tell: (event: LifecycleEvent) => void
}

/** Takes a message past all faults in force. */
export function pass(state: BrokerState, passage: Passage, deliver: () => void): void {
  let next = deliver
  for (const fault of state.faults) {
    const inner = next
    next = () => fault(passage, inner)
  }
  next()
}
