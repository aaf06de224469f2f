import type { Clock, Timer } from '../clock.ts'
import { Session, type Subscription } from './session.ts'
import { TopicTrie } from './topic-trie.ts'

/** The sessions of all clients by client id, connected or waiting for their return, and who subscribes to what. */
export class SessionStore {
  readonly #clock: Clock
  readonly #sessions = new Map<string, Session>()
  readonly #expiries = new Map<string, Timer>()
  readonly #trie = new TopicTrie<Session, Subscription>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#sessions.size
  }

  /** The session that a connection goes on with: the one that is kept, unless a clean start forgets it. */
  open(clientId: string, clean: boolean, expirySeconds: number): { session: Session; present: boolean } {
    this.#expiries.get(clientId)?.cancel()
    this.#expiries.delete(clientId)
    const kept = this.#sessions.get(clientId)
    if (kept !== undefined && !clean) {
      kept.expirySeconds = expirySeconds
      return { session: kept, present: true }
    }
    if (kept !== undefined) this.#forget(kept)
    const session = new Session(clientId, expirySeconds)
    this.#sessions.set(clientId, session)
    return { session, present: false }
  }

  /** The connection is gone: the session ends now, or when its time is up. */
  leave(session: Session): void {
    if (this.#sessions.get(session.clientId) !== session) return
    if (session.expirySeconds === 0) {
      this.#forget(session)
      return
    }
    const timer = this.#clock.after(session.expirySeconds * 1000, () => this.#forget(session))
    this.#expiries.set(session.clientId, timer)
  }

  subscribe(session: Session, subscription: Subscription): void {
    session.subscriptions.set(subscription.filter, subscription)
    this.#trie.add(subscription.filter, session, subscription)
  }

  /** Returns whether there was such a subscription. */
  unsubscribe(session: Session, filter: string): boolean {
    this.#trie.remove(filter, session)
    return session.subscriptions.delete(filter)
  }

  /** The sessions subscribed to a topic, each once, with the highest QoS of its matching subscriptions. */
  subscribersOf(topic: string): Map<Session, Subscription> {
    const found = new Map<Session, Subscription>()
    this.#trie.visit(topic, (session, subscription) => {
      const other = found.get(session)
      if (other === undefined || other.qos < subscription.qos) found.set(session, subscription)
    })
    return found
  }

  #forget(session: Session): void {
    for (const filter of session.subscriptions.keys()) this.#trie.remove(filter, session)
    this.#expiries.delete(session.clientId)
    if (this.#sessions.get(session.clientId) === session) this.#sessions.delete(session.clientId)
  }
}
