import { EventStreamError } from './event-stream.ts'
import { type Operation, type OperationTable, operationPrefix, unsupportedOperations } from './operation.ts'
import { jsonMessage, messageFlags, messageTypes, type RpcMessage } from './rpc-message.ts'
import { errorPayload, ServiceModelError, serviceError } from './service-error.ts'

export interface OperationPort {
  readonly send: (message: RpcMessage) => void
  readonly operations: OperationTable
}

/** A stream that is open until its end; then its tasks run. */
export interface Stream {
  readonly tasksAtEnd: (() => void)[]
  ended: boolean
}

/** Runs one operation and answers on its stream, as the nucleus's service framework does. */
export function runOperation(
  port: OperationPort,
  message: RpcMessage,
  operationName: string,
  component: string,
  stream: Stream,
  endStream: () => void,
): void {
  const { streamId } = message
  const name = operationName.startsWith(operationPrefix) ? operationName.slice(operationPrefix.length) : ''
  const operation = port.operations.get(name) ?? unsupported(name, operationName)
  let responded = false
  const finish = (send: () => void, last: boolean) => {
    if (stream.ended) return
    send()
    responded = true
    if (last) endStream()
  }
  if (operation === undefined) {
    const answer = {
      error: 'Unsupported Operation',
      message: `${operationName} is an unsupported operation.`,
    }
    finish(
      () =>
        port.send(jsonMessage(streamId, messageTypes.applicationError, messageFlags.terminateStream, answer)),
      true,
    )
    return
  }
  const emit = (shape: string, event: object) => {
    if (!responded || stream.ended) return false
    port.send(jsonMessage(streamId, messageTypes.applicationMessage, 0, event, operationPrefix + shape))
    return true
  }
  const onEnd = (task: () => void) => {
    if (stream.ended) task()
    else stream.tasksAtEnd.push(task)
  }
  const flags = operation.streaming ? 0 : messageFlags.terminateStream
  const handle = async () =>
    operation.handle({ component, request: parseRequest(message.payload), emit, onEnd })
  handle().then(
    response =>
      finish(
        () =>
          port.send(
            jsonMessage(
              streamId,
              messageTypes.applicationMessage,
              flags,
              response,
              `${operationName}Response`,
            ),
          ),
        !operation.streaming,
      ),
    (error: unknown) => finish(() => port.send(errorMessage(streamId, error)), true),
  )
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
