/** Why a connection ended, in the words of AWS's presence events. */
export type DisconnectReason =
  | 'AUTH_ERROR'
  | 'CLIENT_ERROR'
  | 'CLIENT_INITIATED_DISCONNECT'
  | 'CONNECTION_LOST'
  | 'DUPLICATE_CLIENTID'
  | 'FORBIDDEN_ACCESS'
  | 'MQTT_KEEP_ALIVE_TIMEOUT'
  | 'SERVER_INITIATED_DISCONNECT'

/** Who a lifecycle event is about. */
export interface ConnectedClient {
  clientId: string
  /** The certificate's exclusive thing. */
  exclusiveThingName: string | undefined
  certificateId: string
  ipAddress: string
  sessionIdentifier: string
  /** Grows by one with each connection of the client id. */
  versionNumber: number
}

export type LifecycleEvent =
  | { kind: 'connected'; client: ConnectedClient }
  | { kind: 'disconnected'; client: ConnectedClient; reason: DisconnectReason }
  | {
      kind: 'connect-failed'
      client: Omit<ConnectedClient, 'versionNumber' | 'sessionIdentifier' | 'exclusiveThingName'>
    }
  | { kind: 'subscribed' | 'unsubscribed'; client: ConnectedClient; topics: string[] }
