/** The client of the broker that a message came from. */
export interface MqttSource {
  kind: 'mqtt'
  clientId: string
  certificateId: string
  /** The thing that the connection belongs to: its exclusive thing, or the one named like the client id. */
  thingName?: string
  /** Sends to this connection alone, if it is subscribed to the topic; nobody else sees it. */
  reply(topic: string, payload: Buffer): void
}

export type Source = MqttSource | { kind: 'http'; principal: string } | { kind: 'service' }

export interface Message {
  topic: string
  payload: Buffer
  qos: 0 | 1
  /** Kept for those who subscribe later. */
  retain?: boolean
  source: Source
}

/** A family of `$aws/…` topics whose messages go to one service and to nobody else. */
export interface ReservedTopics {
  matches(topic: string): boolean
  receive(message: Message & { source: MqttSource }): void
}

/** How the services reach the devices' broker, and each other. */
export interface MessageBus {
  /** To every client subscribed to it, and to every listener. */
  publish(message: Message): void
  /** Hears every published message (the rules engine). Returns the way to stop. */
  listen(listener: (message: Message) => void): () => void
  reserve(topics: ReservedTopics): void
}
