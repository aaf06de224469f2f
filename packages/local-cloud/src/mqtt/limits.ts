/** What the broker puts up with. The defaults are AWS IoT Core's. */
export interface BrokerLimits {
  payloadBytes: number
  /** Of a whole packet, as far as it has come. */
  packetBytes: number
  clientIdBytes: number
  topicBytes: number
  topicSlashes: number
  filtersPerSubscribe: number
  subscriptionsPerConnection: number
  /** In and out together; what exceeds it is discarded. */
  publishesPerSecondPerConnection: number
  /** QoS 1 messages that were sent and are not acknowledged. */
  inFlightMessages: number
  /** QoS 1 messages waiting for one client, connected or not. */
  queuedMessages: number
  /** Bytes that a client may leave unread before QoS 0 messages to it are discarded. */
  unreadBytes: number
  sessionExpirySeconds: number
  keepAliveSeconds: { least: number; most: number }
  connectTimeoutMs: number
  /** Between two deliveries of an unacknowledged message on one MQTT 3.1.1 connection. */
  redeliveryMs: number
  /** How long a QoS 1 message is tried. */
  messageLifetimeMs: number
  topicAliases: number
  /** From the deactivation of a certificate to the cut of its connections ("a few minutes" on AWS). */
  deactivationDelayMs: number
}

export const awsLimits: BrokerLimits = {
  payloadBytes: 128 * 1024,
  packetBytes: 146 * 1024,
  clientIdBytes: 128,
  topicBytes: 256,
  topicSlashes: 7,
  filtersPerSubscribe: 8,
  subscriptionsPerConnection: 50,
  publishesPerSecondPerConnection: 100,
  inFlightMessages: 100,
  queuedMessages: 1000,
  unreadBytes: 8 * 1024 * 1024,
  sessionExpirySeconds: 3600,
  keepAliveSeconds: { least: 30, most: 1200 },
  connectTimeoutMs: 10_000,
  redeliveryMs: 20_000,
  messageLifetimeMs: 3_600_000,
  topicAliases: 8,
  deactivationDelayMs: 0,
}
