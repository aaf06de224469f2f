import type { OperationTable } from './operation.ts'
import { jsonMessage, messageFlags, messageTypes, type RpcMessage } from './rpc-message.ts'
import { runOperation } from './run-operation.ts'
import { createStreamTable } from './stream-table.ts'

/** What a session needs of its connection and of the nucleus behind it. */
export interface SessionPort {
  readonly send: (message: RpcMessage) => void
  readonly close: () => void
  /** The component that an auth token (SVCUID) belongs to. */
  readonly authenticate: (authToken: string) => string | undefined
  readonly operations: OperationTable
}

export interface IpcSession {
  readonly receive: (message: RpcMessage) => void
  /** The connection is gone: ends every stream. */
  readonly end: () => void
}

const protocolVersion = '0.1.0'

/** One client's connection, from CONNECT on, as the classic nucleus answers it. */
export function createIpcSession(port: SessionPort): IpcSession {
  const streams = createStreamTable()
  let component: string | undefined

  const refuse = (reason: string) => {
    port.send(jsonMessage(0, messageTypes.protocolError, 0, { message: reason }))
    port.close()
  }

  const onStream = (message: RpcMessage) => {
    const ends = (message.flags & messageFlags.terminateStream) !== 0
    const known = streams.get(message.streamId)
    if (component === undefined) return refuse('not connected: the first message must be CONNECT')
    if (known !== undefined) return ends ? known.end() : undefined
    // The end of a stream that the nucleus has ended itself crosses with that end.
    if (ends && streams.wasUsed(message.streamId)) return undefined
    const operationName = message.text.get('operation')
    if (operationName === undefined) return refuse('the first message of a stream names no operation')
    const stream = streams.open(message.streamId)
    if (stream === undefined) return refuse(`stream ${message.streamId} is not new`)
    // A request that ends its own stream asks for nothing.
    if (ends) return stream.end()
    return runOperation(port, stream, { operationName, component, payload: message.payload })
  }

  const connect = (message: RpcMessage) => {
    if (message.text.get(':version') === protocolVersion && component === undefined) {
      component = port.authenticate(authTokenOf(message.payload))
    }
    const flags = component === undefined ? 0 : messageFlags.connectionAccepted
    port.send({ ...emptyMessage, type: messageTypes.connectAck, flags })
    if (component === undefined) port.close()
  }

  const onConnection = (message: RpcMessage) => {
    switch (message.type) {
      case messageTypes.connect:
        return connect(message)
      case messageTypes.ping: {
        const text = new Map([...message.text].filter(([name]) => !name.startsWith(':')))
        return port.send({ ...message, type: messageTypes.pingResponse, flags: 0, text })
      }
      case messageTypes.pingResponse:
        return undefined
      default:
        return refuse(`message type ${message.type} has no meaning on the connection itself`)
    }
  }

  return {
    receive: message => (message.streamId === 0 ? onConnection(message) : onStream(message)),
    end: streams.endAll,
  }
}

const emptyMessage = { flags: 0, streamId: 0, text: new Map<string, string>(), payload: new Uint8Array() }

function authTokenOf(payload: Uint8Array): string {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(payload))
    if (typeof parsed === 'object' && parsed !== null && 'authToken' in parsed)
      return String(parsed.authToken)
  } catch {
    // No JSON, no token: refused below like a wrong one.
  }
  return ''
}
