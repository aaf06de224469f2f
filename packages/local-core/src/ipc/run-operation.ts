import { EventStreamError } from './event-stream.ts'
import {
  type Operation,
  type OperationCall,
  type OperationTable,
  operationPrefix,
  unsupportedOperations,
} from './operation.ts'
import { jsonMessage, messageFlags, messageTypes, type RpcMessage } from './rpc-message.ts'
import { errorPayload, ServiceModelError, serviceError } from './service-error.ts'
import type { Stream } from './stream-table.ts'

export interface OperationPort {
  readonly send: (message: RpcMessage) => void
  readonly operations: OperationTable
}

export interface OperationRequest {
  /** With its prefix, as the client sent it. */
  readonly operationName: string
  readonly component: string
  readonly payload: Uint8Array
}

/** Runs one operation and answers on its stream, as the nucleus's service framework does. */
export function runOperation(port: OperationPort, stream: Stream, request: OperationRequest): void {
  const { operationName, component } = request
  const name = operationName.startsWith(operationPrefix) ? operationName.slice(operationPrefix.length) : ''
  const operation = port.operations.get(name) ?? unsupported(name, operationName)
  let responded = false
  const respond = (message: RpcMessage) => {
    if (!stream.isOpen()) return
    port.send(message)
    responded = true
    if (endsStream(message)) stream.end()
  }
  if (operation === undefined) return respond(unknownOperation(stream.id, operationName))

  const emit = (shape: string, event: object) => {
    if (!responded || !stream.isOpen()) return false
    port.send(jsonMessage(stream.id, messageTypes.applicationMessage, 0, event, operationPrefix + shape))
    return true
  }
  const call = { component, emit, onEnd: stream.onEnd }
  void answerOf(operation, call, request, stream.id).then(respond)
  return undefined
}

const endsStream = ({ flags }: RpcMessage) => (flags & messageFlags.terminateStream) !== 0

async function answerOf(
  operation: Operation,
  call: Omit<OperationCall, 'request'>,
  { operationName, payload }: OperationRequest,
  streamId: number,
): Promise<RpcMessage> {
  try {
    const response = await operation.handle({ ...call, request: parseRequest(payload) })
    const flags = operation.streaming ? 0 : messageFlags.terminateStream
    return jsonMessage(streamId, messageTypes.applicationMessage, flags, response, `${operationName}Response`)
  } catch (error) {
    return errorMessage(streamId, error)
  }
}

function unknownOperation(streamId: number, operationName: string): RpcMessage {
  const body = { error: 'Unsupported Operation', message: `${operationName} is an unsupported operation.` }
  return jsonMessage(streamId, messageTypes.applicationError, messageFlags.terminateStream, body)
}

function unsupported(name: string, operationName: string): Operation | undefined {
  if (!unsupportedOperations.has(name)) return undefined
  const handle = () => {
    throw serviceError(`Operation ${operationName} is not supported by Greengrass`)
  }
  return { streaming: false, handle }
}

function parseRequest(payload: Uint8Array): Readonly<Record<string, unknown>> {
  const parsed: unknown = payload.length === 0 ? {} : JSON.parse(new TextDecoder().decode(payload))
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new EventStreamError('the request is not a JSON object')
  }
  return parsed as Readonly<Record<string, unknown>>
}

function errorMessage(streamId: number, error: unknown): RpcMessage {
  if (error instanceof ServiceModelError) {
    return jsonMessage(
      streamId,
      messageTypes.applicationError,
      messageFlags.terminateStream,
      errorPayload(error),
      operationPrefix + error.code,
    )
  }
  return {
    type: messageTypes.applicationError,
    flags: messageFlags.terminateStream,
    streamId,
    text: new Map([[':content-type', 'text/plain']]),
    payload: Buffer.from('InternalServerError'),
  }
}
