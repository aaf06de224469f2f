import { createHash } from 'node:crypto'
import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import { subscriptions } from '@rotator/protocol/topics'
import { type ServiceDigest, serviceDigestSchema } from '@rotator/rotation/device/state'
import * as v from 'valibot'
import type { ClientConnection, SimulatedBroker } from '../cloud/simulated-broker.ts'
import type { Network } from '../faults/network.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Story } from '../story/story.ts'

export interface GreengrassParts {
  thing: ThingName
  clock: VirtualClock
  /** The identity that it finds where it is configured now. */
  configured: () => Promise<CertificateId | undefined>
  broker: SimulatedBroker
  network: Network
  story: Story
  /** Greengrass is up and starts its component. */
  onUp: () => void
  /** It goes down, and its component with it. */
  onDown: () => void
  onConnected: () => void
  onMessage: (topic: string, payload: string) => void
}

const componentStartMs = 1_000
const startMs = 5_000
const firstReconnectMs = 2_000
const lastReconnectMs = 120_000

/** The nucleus of one device: it loads the configured identity when it starts and keeps its own connection. */
export class Greengrass {
  /** How often it has started. */
  life = 0
  /** Whether the device's network reaches the cloud. */
  isOnline = true
  /** What it connects with until it starts anew. */
  loaded: CertificateId | undefined
  readonly #parts: GreengrassParts
  #connection: ClientConnection | undefined
  #spool: { topic: string; payload: string }[] = []
  #isUp = false
  #isHung = false

  constructor(parts: GreengrassParts) {
    this.#parts = parts
  }

  get service(): ServiceDigest {
    return v.parse(
      serviceDigestSchema,
      createHash('sha256').update(`${this.#parts.thing} ${this.life}`).digest('hex'),
    )
  }

  get isConnected(): boolean {
    return this.#connection !== undefined
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** Goes down, if it is up, and comes up again after a while. */
  restart(afterMs = startMs): void {
    this.#down()
    this.life += 1
    const { life } = this
    this.#parts.clock.after(afterMs, () => {
      if (life === this.life) void this.#up()
    })
  }

  /** As a component asks for by IPC. */
  publish(topic: string, payload: string, qos: 0 | 1): void {
    if (this.#connection !== undefined) return this.#send(this.#connection, topic, payload, qos)
    if (qos === 0) return undefined
    this.#spool.push({ topic, payload })
    return undefined
  }

  setOnline(isOnline: boolean): void {
    this.isOnline = isOnline
    if (!isOnline) this.#lose()
  }

  /** It loses its connection, and tries none until it is started anew. */
  hang(): void {
    this.#isHung = true
    this.#lose()
  }

  async #up(): Promise<void> {
    const { clock, configured, story, thing, onUp } = this.#parts
    const { life } = this
    this.loaded = await configured()
    this.#isUp = true
    this.#isHung = false
    story.tell(
      thing,
      `Greengrass starts (life ${life}) with ${this.loaded ?? 'no identity that can be loaded'}`,
    )
    this.#connect(life, firstReconnectMs)
    clock.after(componentStartMs, () => {
      if (life === this.life) onUp()
    })
  }

  #connect(life: number, retryMs: number): void {
    if (life !== this.life || this.#connection !== undefined) return
    const { clock, broker, thing, network, onConnected, onMessage } = this.#parts
    const connection =
      this.loaded === undefined || this.#isHung || !this.isOnline
        ? undefined
        : broker.connect({
            clientId: thing,
            certificateId: this.loaded,
            topics: subscriptions(thing),
            onMessage: (topic, payload) => {
              network.carry('to the device', thing, shortTopic(topic, payload), () => {
                if (this.#isUp && this.isOnline) onMessage(topic, payload)
              })
            },
            onClose: () => {
              if (this.#connection === connection) this.#lose()
            },
          })
    if (connection === undefined) {
      clock.after(retryMs, () => {
        void this.#connectAgain(life, Math.min(2 * retryMs, lastReconnectMs))
      })
      return
    }
    this.#connection = connection
    for (const { topic, payload } of this.#spool.splice(0)) this.#send(connection, topic, payload, 1)
    onConnected()
  }

  /** What could not be loaded is loaded anew at every attempt; what was loaded is not. */
  async #connectAgain(life: number, retryMs: number): Promise<void> {
    if (life === this.life && this.loaded === undefined) this.loaded = await this.#parts.configured()
    this.#connect(life, retryMs)
  }

  #send(connection: ClientConnection, topic: string, payload: string, qos: 0 | 1): void {
    const { network, thing } = this.#parts
    network.carry('to the cloud', thing, shortTopic(topic, payload), () => {
      if (this.isOnline) connection.publish(topic, payload, qos)
    })
  }

  /** The connection is gone; the nucleus tries again by itself. */
  #lose(): void {
    this.#connection?.close()
    this.#connection = undefined
    if (!this.#isUp) return
    const { life } = this
    this.#parts.clock.after(firstReconnectMs, () => {
      this.#connect(life, 2 * firstReconnectMs)
    })
  }

  #down(): void {
    const wasUp = this.#isUp
    this.#isUp = false
    this.#lose()
    this.#spool = []
    if (wasUp) this.#parts.onDown()
  }
}

/** `create/accepted`, `jobs/J1/update SUCCEEDED`: what a story calls a message. */
export function shortTopic(topic: string, payload: string): string {
  const short = topic.replace(/^\$aws\/things\/[^/]+\/|^awslabs\/things\/[^/]+\/certificate\//u, '')
  const status = /"status":"([A-Z_]+)"/u.exec(payload)?.[1]
  const code = /"code":"([A-Z_]+)"/u.exec(payload)?.[1]
  return [short, status, code].filter(part => part !== undefined).join(' ')
}
