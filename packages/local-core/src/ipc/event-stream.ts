import { crc32 } from 'node:zlib'

/** A header value of the `application/vnd.amazon.eventstream` encoding. */
export type HeaderValue =
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'byte' | 'short' | 'integer'; readonly value: number }
  | { readonly type: 'long'; readonly value: bigint }
  | { readonly type: 'binary' | 'uuid'; readonly value: Uint8Array }
  | { readonly type: 'string'; readonly value: string }
  /** Milliseconds since the epoch. */
  | { readonly type: 'timestamp'; readonly value: bigint }

export interface EventStreamMessage {
  readonly headers: ReadonlyMap<string, HeaderValue>
  readonly payload: Uint8Array
}

/** Prelude (8 bytes of lengths, 4 of CRC) and the CRC at the end. */
export const frameOverheadBytes = 16
/** The limits of the AWS event-stream library, which the nucleus uses. */
export const maxFrameBytes = 24 * 1024 * 1024
export const maxHeadersBytes = 128 * 1024

export class EventStreamError extends Error {
  override readonly name = 'EventStreamError'
}

/**
 * Length of the frame that begins `bytes`, or undefined while fewer than 12 bytes are there. The lengths are
 * believed only after their own CRC has been checked.
 */
export function frameLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 12) return undefined
  const view = viewOf(bytes)
  const totalBytes = view.getUint32(0)
  const headersBytes = view.getUint32(4)
  if (crc32(bytes.subarray(0, 8)) !== view.getUint32(8)) throw new EventStreamError('prelude CRC differs')
  if (totalBytes > maxFrameBytes) throw new EventStreamError(`frame of ${totalBytes} bytes is too long`)
  if (headersBytes > maxHeadersBytes) {
    throw new EventStreamError(`headers of ${headersBytes} bytes are too long`)
  }
  if (totalBytes < frameOverheadBytes + headersBytes) {
    throw new EventStreamError('headers do not fit into their frame')
  }
  return totalBytes
}

export function decodeFrame(frame: Uint8Array): EventStreamMessage {
  const totalBytes = frameLength(frame)
  if (totalBytes !== frame.length) throw new EventStreamError('frame is not as long as it says')
  const view = viewOf(frame)
  const end = totalBytes - 4
  if (crc32(frame.subarray(0, end)) !== view.getUint32(end)) throw new EventStreamError('message CRC differs')
  const headersEnd = 12 + view.getUint32(4)
  return {
    headers: decodeHeaders(frame.subarray(12, headersEnd)),
    payload: frame.subarray(headersEnd, end),
  }
}

export function encodeFrame(message: EventStreamMessage): Buffer {
  const headers = Buffer.concat([...message.headers].map(([name, value]) => encodeHeader(name, value)))
  const totalBytes = frameOverheadBytes + headers.length + message.payload.length
  if (headers.length > maxHeadersBytes) throw new EventStreamError(`headers of ${headers.length} bytes`)
  if (totalBytes > maxFrameBytes) throw new EventStreamError(`frame of ${totalBytes} bytes is too long`)
  const frame = Buffer.alloc(totalBytes)
  frame.writeUInt32BE(totalBytes, 0)
  frame.writeUInt32BE(headers.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  headers.copy(frame, 12)
  frame.set(message.payload, 12 + headers.length)
  frame.writeUInt32BE(crc32(frame.subarray(0, totalBytes - 4)), totalBytes - 4)
  return frame
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function decodeHeaders(bytes: Uint8Array): Map<string, HeaderValue> {
  const headers = new Map<string, HeaderValue>()
  let offset = 0
  const take = (count: number) => {
    if (offset + count > bytes.length) throw new EventStreamError('a header ends before its value')
    offset += count
    return viewOf(bytes.subarray(offset - count, offset))
  }
  while (offset < bytes.length) {
    const name = textOf(take(take(1).getUint8(0)))
    headers.set(name, decodeValue(take))
  }
  return headers
}

function decodeValue(take: (count: number) => DataView): HeaderValue {
  const type = take(1).getUint8(0)
  switch (type) {
    case 0:
    case 1:
      return { type: 'boolean', value: type === 0 }
    case 2:
      return { type: 'byte', value: take(1).getInt8(0) }
    case 3:
      return { type: 'short', value: take(2).getInt16(0) }
    case 4:
      return { type: 'integer', value: take(4).getInt32(0) }
    case 5:
      return { type: 'long', value: take(8).getBigInt64(0) }
    case 6:
      return { type: 'binary', value: bytesOf(take(take(2).getUint16(0))) }
    case 7:
      return { type: 'string', value: textOf(take(take(2).getUint16(0))) }
    case 8:
      return { type: 'timestamp', value: take(8).getBigInt64(0) }
    case 9:
      return { type: 'uuid', value: bytesOf(take(16)) }
    default:
      throw new EventStreamError(`header type ${type} is unknown`)
  }
}

const bytesOf = (view: DataView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
const textOf = (view: DataView) => new TextDecoder().decode(view)

function encodeHeader(name: string, value: HeaderValue): Buffer {
  const nameBytes = Buffer.from(name)
  if (nameBytes.length === 0 || nameBytes.length > 127) {
    throw new EventStreamError(`header name ${name} is empty or longer than 127 bytes`)
  }
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, encodeValue(value)])
}

function encodeValue(header: HeaderValue): Buffer {
  switch (header.type) {
    case 'boolean':
      return Buffer.from([header.value ? 0 : 1])
    case 'byte':
      return typed(2, 1, buffer => buffer.writeInt8(header.value, 1))
    case 'short':
      return typed(3, 2, buffer => buffer.writeInt16BE(header.value, 1))
    case 'integer':
      return typed(4, 4, buffer => buffer.writeInt32BE(header.value, 1))
    case 'long':
      return typed(5, 8, buffer => buffer.writeBigInt64BE(header.value, 1))
    case 'binary':
      return prefixed(6, header.value)
    case 'string':
      return prefixed(7, Buffer.from(header.value))
    case 'timestamp':
      return typed(8, 8, buffer => buffer.writeBigInt64BE(header.value, 1))
    case 'uuid':
      return Buffer.concat([Buffer.from([9]), header.value])
  }
}

function typed(type: number, valueBytes: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(1 + valueBytes)
  buffer[0] = type
  write(buffer)
  return buffer
}

function prefixed(type: number, bytes: Uint8Array): Buffer {
  if (bytes.length > 32_767) throw new EventStreamError(`header value of ${bytes.length} bytes is too long`)
  return Buffer.concat([Buffer.from([type, bytes.length >> 8, bytes.length & 255]), bytes])
}
