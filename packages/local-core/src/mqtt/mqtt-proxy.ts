/** An MQTT message, with the MQTT 5 properties that Greengrass passes on. */
export interface MqttMessage {
  readonly topic: string
  readonly qos: 0 | 1
  readonly payload: Uint8Array
  readonly retain: boolean
  readonly payloadFormat: 'bytes' | 'utf8'
  readonly userProperties: readonly { readonly key: string; readonly value: string }[]
  readonly responseTopic?: string
  readonly correlationData?: Uint8Array
  readonly contentType?: string
  readonly messageExpiryIntervalSeconds?: number
}

export interface MqttSubscription {
  /** Settles with the broker's answer; never, while the nucleus has not been connected yet. */
  readonly granted: Promise<void>
  readonly cancel: () => void
}

/** What components get of the nucleus's connection to AWS IoT Core. */
export interface MqttProxy {
  /** Spools the message and returns; throws where it cannot be spooled. Success is not delivery. */
  readonly publish: (message: MqttMessage) => void
  readonly subscribe: (
    filter: string,
    qos: 0 | 1,
    onMessage: (message: MqttMessage) => void,
  ) => MqttSubscription
}
