import { type EventStreamMessage, type HeaderValue } from './event-stream.ts'

/** Values of `:message-type` in the event-stream RPC protocol. */
export const messageTypes = {
  applicationMessage: 0,
  applicationError: 1,
  ping: 2,
  pingResponse: 3,
  connect: 4,
  connectAck: 5,
  protocolError: 6,
  internalError: 7,
} as const

/** Bits of `:message-flags`. */
export const messageFlags = { connectionAccepted: 1, terminateStream: 2 } as const

/** A frame with the three headers that every RPC message carries taken out. */
export interface RpcMessage {
  readonly type: number
  readonly flags: number
  readonly streamId: number
  /** String headers by name, such as `operation` and `:version`. */
  readonly text: ReadonlyMap<string, string>
  readonly payload: Uint8Array
}

/** Undefined where one of the three integer headers is missing. */
export function readRpcMessage(message: EventStreamMessage): RpcMessage | undefined {
  const type = integer(message, ':message-type')
  const flags = integer(message, ':message-flags')
  const streamId = integer(message, ':stream-id')
  if (type === undefined || flags === undefined || streamId === undefined) return undefined
  const text = new Map<string, string>()
  for (const [name, header] of message.headers) if (header.type === 'string') text.set(name, header.value)
  return { type, flags, streamId, text, payload: message.payload }
}

export function toEventStream(message: RpcMessage): EventStreamMessage {
  const headers = new Map<string, HeaderValue>()
  for (const [name, value] of message.text) headers.set(name, { type: 'string', value })
  headers.set(':message-type', { type: 'integer', value: message.type })
  headers.set(':message-flags', { type: 'integer', value: message.flags })
  headers.set(':stream-id', { type: 'integer', value: message.streamId })
  return { headers, payload: message.payload }
}

function integer(message: EventStreamMessage, name: string): number | undefined {
  const header = message.headers.get(name)
  return header?.type === 'integer' ? header.value : undefined
}

/** A message with a JSON body, and the model type of its shape where it has one. */
export function jsonMessage(
  streamId: number,
  type: number,
  flags: number,
  body: object,
  serviceModelType?: string,
): RpcMessage {
  const text = new Map([[':content-type', 'application/json']])
  if (serviceModelType !== undefined) text.set('service-model-type', serviceModelType)
  return { type, flags, streamId, text, payload: Buffer.from(JSON.stringify(body)) }
}
