import type { MqttMessage } from './mqtt-proxy.ts'

export interface CloudConnectionEvents {
  readonly connected: (sessionPresent: boolean) => void
  /** An established connection ended without being asked to. */
  readonly disconnected: (reason: string) => void
  /** An attempt to connect failed; more follow by themselves. */
  readonly failed: (reason: string) => void
  readonly message: (message: MqttMessage) => void
}

/** One MQTT client: it connects, and connects again, with the identity that it was opened with. */
export interface CloudConnection {
  /** Fingerprint of the certificate that this client holds in memory. */
  readonly fingerprint: string
  /** The broker's reason code (128 and more: refused); rejects while offline. */
  readonly subscribe: (filter: string, qos: 0 | 1) => Promise<number>
  readonly unsubscribe: (filter: string) => Promise<void>
  /** The reason code of the acknowledgement, 0 for QoS 0; rejects while offline. */
  readonly publish: (message: MqttMessage) => Promise<number>
  readonly stop: () => Promise<void>
}

export interface OpenRequest {
  readonly clientId: string
  /** Whether this client id was connected before: then its session is asked for again. */
  readonly resumeSession: boolean
  readonly events: CloudConnectionEvents
}

/** Reads the identity files, builds a client and starts it; throws where that is impossible. */
export type OpenConnection = (request: OpenRequest) => CloudConnection
