import type { Message, MessageBus, ReservedTopics } from '@rotator/local-cloud/mqtt/message-bus'
import { filterMatches } from '@rotator/local-cloud/mqtt/topics'
import {
  type AuthorityDependencies,
  type DeviceAuthority,
  deviceAuthority,
} from '@rotator/local-cloud/policies/device-authority'

export interface Client {
  clientId: string
  certificateId: string
  /** Topic filters. */
  topics: readonly string[]
  onMessage: (topic: string, payload: string) => void
  /** The endpoint ended the connection. */
  onClose: () => void
}

export interface ClientConnection {
  publish(topic: string, payload: string, qos: 0 | 1): void
  close(): void
}

/** MQTT as the services and the devices see it: who may connect, and who hears what. Sockets and packets are left out. */
export class SimulatedBroker implements MessageBus {
  readonly #deps: AuthorityDependencies & { now: () => number }
  readonly #listeners = new Set<(message: Message) => void>()
  readonly #reserved: ReservedTopics[] = []
  readonly #connected = new Map<string, { client: Client; authority: DeviceAuthority }>()

  constructor(deps: AuthorityDependencies & { now: () => number }) {
    this.#deps = deps
    deps.certificates.onChange(({ certificateId, status }) => {
      if (status !== 'ACTIVE') this.#cut(certificateId)
    })
  }

  /** Whether the endpoint would accept a connection now. */
  accepts({ certificateId, clientId }: Pick<Client, 'certificateId' | 'clientId'>): boolean {
    const { certificates, now } = this.#deps
    const certificate = certificates.find(certificateId)
    return (
      certificate?.status === 'ACTIVE' &&
      certificate.notBefore <= now() &&
      now() <= certificate.notAfter &&
      deviceAuthority(this.#deps, { certificateId, clientId }).allows('iot:Connect', `client/${clientId}`)
    )
  }

  /** @returns undefined where the endpoint refuses the connection. A new one of the same client ends the former. */
  connect(client: Client): ClientConnection | undefined {
    if (!this.accepts(client)) return undefined
    const { clientId, certificateId } = client
    this.#close(clientId)
    const connected = { client, authority: deviceAuthority(this.#deps, { certificateId, clientId }) }
    this.#connected.set(clientId, connected)
    const isOpen = () => this.#connected.get(clientId) === connected
    return {
      publish: (topic, payload, qos) => {
        if (isOpen()) this.#receive(connected, topic, Buffer.from(payload), qos)
      },
      close: () => {
        if (isOpen()) this.#connected.delete(clientId)
      },
    }
  }

  publish(message: Message): void {
    const { topic, payload } = message
    for (const connected of this.#connected.values()) hand(connected, topic, payload)
    for (const listener of this.#listeners) listener(message)
  }

  listen(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  reserve(topics: ReservedTopics): void {
    this.#reserved.push(topics)
  }

  #receive(
    connected: { client: Client; authority: DeviceAuthority },
    topic: string,
    payload: Buffer,
    qos: 0 | 1,
  ): void {
    const { client, authority } = connected
    const { clientId, certificateId } = client
    if (!authority.allows('iot:Publish', `topic/${topic}`)) return this.#close(clientId)
    const thingName = authority.thingName()
    const source = {
      kind: 'mqtt',
      clientId,
      certificateId,
      ...(thingName !== undefined && { thingName }),
      reply: (to: string, answer: Buffer) => {
        hand(connected, to, answer)
      },
    } as const
    const reserved = this.#reserved.find(family => family.matches(topic))
    if (reserved !== undefined) return reserved.receive({ topic, payload, qos, source })
    this.publish({ topic, payload, qos, source })
  }

  #cut(certificateId: string): void {
    for (const { client } of this.#connected.values()) {
      if (client.certificateId === certificateId) this.#close(client.clientId)
    }
  }

  #close(clientId: string): void {
    const connected = this.#connected.get(clientId)
    this.#connected.delete(clientId)
    connected?.client.onClose()
  }
}

function hand(
  { client, authority }: { client: Client; authority: DeviceAuthority },
  topic: string,
  payload: Buffer,
): void {
  if (isWanted(client, topic) && authority.allows('iot:Receive', `topic/${topic}`))
    client.onMessage(topic, payload.toString())
}

/** Every run publishes to the same topics. */
const wanted = new Map<string, boolean>()

function isWanted({ clientId, topics }: Client, topic: string): boolean {
  const key = `${clientId} ${topic}`
  const known = wanted.get(key) ?? topics.some(filter => filterMatches(filter, topic))
  wanted.set(key, known)
  return known
}
