import { connect, type MqttClient } from 'mqtt'

/** One presence event of AWS IoT: a client came or went. */
export interface PresenceEvent {
  kind: 'connected' | 'disconnected'
  clientId: string
  certificateId: string
  /** Milliseconds since the epoch. */
  at: number
}

export interface MqttAccess {
  host: string
  port: number
  /** PEM of the certificate authority that the endpoint is verified with. */
  rootCa: string
  certificatePem: string
  privateKeyPem: string
}

/** Connects as any MQTT client of a fleet would. Ends with an error where the endpoint closes the connection. */
export async function connectOnce(access: MqttAccess, clientId: string): Promise<MqttClient> {
  const client = connect({
    protocol: 'mqtts',
    host: access.host,
    port: access.port,
    ca: access.rootCa,
    cert: access.certificatePem,
    key: access.privateKeyPem,
    clientId,
    reconnectPeriod: 0,
    connectTimeout: 10_000,
    protocolVersion: 4,
  })
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve(client))
    client.once('error', reject)
    client.once('close', () => reject(new Error('The endpoint closed the connection before it accepted it.')))
  })
}

/** Listens to who connects and disconnects, with the certificate of each. */
export async function watchPresence(
  access: MqttAccess,
  clientId: string,
  onEvent: (event: PresenceEvent) => void,
): Promise<{ stop(): Promise<void> }> {
  const client = await connectOnce(access, clientId)
  client.on('message', (_topic, payload) => {
    const event = JSON.parse(payload.toString()) as Record<string, string | number>
    if (event['eventType'] !== 'connected' && event['eventType'] !== 'disconnected') return
    onEvent({
      kind: event['eventType'],
      clientId: String(event['clientId']),
      certificateId: String(event['principalIdentifier']),
      at: Number(event['timestamp']),
    })
  })
  await client.subscribeAsync('$aws/events/presence/#', { qos: 1 })
  return { stop: async () => client.endAsync() }
}
