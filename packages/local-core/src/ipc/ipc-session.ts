import type { OperationTable } from './operation.ts'
import { jsonMessage, messageFlags, messageTypes, type RpcMessage } from './rpc-message.ts'
import { runOperation, type Stream } from './run-operation.ts'

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
  const streams = new Map<number, Stream>()
  let component: string | undefined
  let highestStreamId = 0

  const endStream = (streamId: number) => {
    const stream = streams.get(streamId)
    if (stream === undefined) return
    streams.delete(streamId)
    stream.ended = true
    for (const task of stream.tasksAtEnd) task()
  }

  const refuse = (reason: string) => {
    port.send(jsonMessage(0, messageTypes.protocolError, 0, { message: reason }))
    port.close()
  }

  const open = (message: RpcMessage, caller: string) => {
    if (message.streamId <= highestStreamId) return refuse(`stream ${message.streamId} is not new`)
    highestStreamId = message.streamId
    const operationName = message.text.get('operation')
    if (operationName === undefined) return refuse('the first message of a stream names no operation')
    // A request that ends its own stream asks for nothing.
    if ((message.flags & messageFlags.terminateStream) !== 0) return undefined
    const stream: Stream = { tasksAtEnd: [], ended: false }
    streams.set(message.streamId, stream)
    return runOperation(port, message, operationName, caller, stream, () => endStream(message.streamId))
  }

  const onStream = (message: RpcMessage) => {
    if (component === undefined) return refuse('not connected: the first message must be CONNECT')
    if (!streams.has(message.streamId)) {
      // The end of a stream that the nucleus has ended itself crosses with that end.
      if ((message.flags & messageFlags.terminateStream) !== 0 && message.streamId <= highestStreamId) return
      return open(message, component)
    }
    if ((message.flags & messageFlags.terminateStream) !== 0) endStream(message.streamId)
  }

  const connect = (message: RpcMessage) => {
    if (message.text.get(':version') === protocolVersion && component === undefined) {
      component = port.authenticate(authTokenOf(message.payload))
    }
    const flags = component === undefined ? 0 : messageFlags.connectionAccepted
    port.send(emptyMessage(messageTypes.connectAck, flags))
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
    end: () => {
      for (const streamId of streams.keys()) endStream(streamId)
    },
  }
}

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

function emptyMessage(type: number, flags: number): RpcMessage {
  return { type, flags, streamId: 0, text: new Map(), payload: new Uint8Array() }
}
