import type { Connection, Established } from './connection.ts'
import type { ConnectedClient } from './lifecycle.ts'

/** A connection as lifecycle events tell of it. */
export function connectedClient(connection: Connection, established: Established): ConnectedClient {
  return {
    clientId: established.clientId,
    exclusiveThingName: established.authority.exclusiveThingName(),
    certificateId: connection.certificateId,
    ipAddress: connection.ipAddress,
    sessionIdentifier: established.sessionIdentifier,
    versionNumber: established.versionNumber,
  }
}
