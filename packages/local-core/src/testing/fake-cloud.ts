import type { CloudConnection, OpenConnection, OpenRequest } from '../mqtt/cloud-connection.ts'
import type { MqttMessage } from '../mqtt/mqtt-proxy.ts'

/** A connection as a test sees it. */
export interface FakeConnection extends OpenRequest {
  readonly fingerprint: string
  readonly filters: Set<string>
  readonly published: MqttMessage[]
  connected: boolean
  stopped: boolean
  readonly connect: (sessionPresent?: boolean) => void
  readonly disconnect: () => void
}

/** A cloud whose connections do what a test says. */
export interface FakeCloud {
  readonly open: OpenConnection
  readonly connections: FakeConnection[]
  /** Set, it makes building a connection fail. */
  buildFailure: string | undefined
  /** The certificate that the next connection finds. */
  fingerprint: string
  subscribeCode: number
  /** Answers of the next publishes; 0 when there are none. */
  readonly publishCodes: (number | 'fails')[]
}

export function fakeCloud(): FakeCloud {
  const cloud: FakeCloud = {
    connections: [],
    buildFailure: undefined,
    fingerprint: '1'.repeat(64),
    subscribeCode: 1,
    publishCodes: [],
    open: request => {
      if (cloud.buildFailure !== undefined) throw new Error(cloud.buildFailure)
      const connection = fakeConnection(request, cloud.fingerprint)
      cloud.connections.push(connection)
      return asCloudConnection(connection, cloud)
    },
  }
  return cloud
}

function fakeConnection(request: OpenRequest, fingerprint: string): FakeConnection {
  const connection: FakeConnection = {
    ...request,
    fingerprint,
    filters: new Set(),
    published: [],
    connected: false,
    stopped: false,
    connect: (sessionPresent = false) => {
      connection.connected = true
      if (!sessionPresent) connection.filters.clear()
      request.events.connected(sessionPresent)
    },
    disconnect: () => {
      connection.connected = false
      request.events.disconnected('AWS_IO_SOCKET_CLOSED')
    },
  }
  return connection
}

function asCloudConnection(connection: FakeConnection, cloud: FakeCloud): CloudConnection {
  const online = () => {
    if (!connection.connected) throw new Error('OPERATION_FAILED_DUE_TO_OFFLINE_QUEUE_POLICY')
  }
  return {
    fingerprint: connection.fingerprint,
    subscribe: async filter => {
      online()
      if (cloud.subscribeCode < 128) connection.filters.add(filter)
      return cloud.subscribeCode
    },
    unsubscribe: async filter => {
      online()
      connection.filters.delete(filter)
    },
    publish: async message => {
      online()
      const code = cloud.publishCodes.shift() ?? 0
      if (code === 'fails') throw new Error('connection lost')
      connection.published.push(message)
      return code
    },
    stop: async () => {
      connection.connected = false
      connection.stopped = true
    },
  }
}
