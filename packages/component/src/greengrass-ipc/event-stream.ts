import { crc32 } from 'node:zlib'

/**
 * The event-stream framing of Greengrass IPC.
 *
 * A frame is: total length, length of the headers, CRC-32 of these two (each 4 bytes, big-endian), headers,
 * payload, CRC-32 of all before. A header is: length of the name (1 byte), name, type (1 byte), value.
 */
export interface Frame {
  /** Greengrass uses 32-bit integers and strings only; headers of other types are skipped when read. */
  headers: Record<string, string | number>
  payload: Buffer
}

const preludeLength = 12
const checksumLength = 4
/** No message of Greengrass comes near; a longer one means that we have lost the beginning of frames. */
export const frameMaxLength = 16 * 1024 * 1024

const int32Type = 4
const stringType = 7
/** Bytes of the value by header type; -1 where a 2-byte length precedes it. */
const valueLengths: readonly number[] = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16]

/** The peer sent something that is no event stream. The connection is of no use any more. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

export function encodeFrame({ headers, payload }: Frame): Buffer {
  const encoded = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)))
  const frame = Buffer.alloc(preludeLength + encoded.length + payload.length + checksumLength)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(encoded.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  encoded.copy(frame, preludeLength)
  payload.copy(frame, preludeLength + encoded.length)
  const checked = frame.length - checksumLength
  frame.writeUInt32BE(crc32(frame.subarray(0, checked)), checked)
  return frame
}

function encodeHeader(name: string, value: string | number): Buffer {
  const nameBytes = Buffer.from(name)
  const start = Buffer.concat([Buffer.from([nameBytes.length]), nameBytes])
  if (typeof value === 'number') {
    const number = Buffer.alloc(5)
    number.writeUInt8(int32Type, 0)
    number.writeInt32BE(value, 1)
    return Buffer.concat([start, number])
  }
  const text = Buffer.from(value)
  const typeAndLength = Buffer.alloc(3)
  typeAndLength.writeUInt8(stringType, 0)
  typeAndLength.writeUInt16BE(text.length, 1)
  return Buffer.concat([start, typeAndLength, text])
}

/**
 * Takes the first whole frame off `bytes`.
 *
 * @returns undefined while the frame is incomplete.
 * @throws FrameError where lengths or checksums are wrong.
 */
export function decodeFrame(bytes: Buffer): { frame: Frame; length: number } | undefined {
  if (bytes.length < preludeLength) return undefined
  const length = bytes.readUInt32BE(0)
  const headersLength = bytes.readUInt32BE(4)
  if (bytes.readUInt32BE(8) !== crc32(bytes.subarray(0, 8))) {
    throw new FrameError('the checksum of the lengths is wrong')
  }
  if (length > frameMaxLength || preludeLength + headersLength + checksumLength > length) {
    throw new FrameError(`a frame of ${length} bytes with ${headersLength} bytes of headers cannot be`)
  }
  if (bytes.length < length) return undefined
  const checked = length - checksumLength
  if (bytes.readUInt32BE(checked) !== crc32(bytes.subarray(0, checked))) {
    throw new FrameError('the checksum of the message is wrong')
  }
  const payloadStart = preludeLength + headersLength
  const frame: Frame = {
    headers: decodeHeaders(bytes.subarray(preludeLength, payloadStart)),
    payload: Buffer.from(bytes.subarray(payloadStart, checked)),
  }
  return { frame, length }
}

function decodeHeaders(bytes: Buffer): Frame['headers'] {
  const headers: Frame['headers'] = {}
  let at = 0
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new FrameError('a header ends in the middle')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const name = readText(take(take(1).readUInt8(0)))
    const type = take(1).readUInt8(0)
    const fixedLength = valueLengths[type]
    if (fixedLength === undefined) throw new FrameError(`header type ${type} is unknown`)
    const value = take(fixedLength === -1 ? take(2).readUInt16BE(0) : fixedLength)
    if (type === int32Type) headers[name] = value.readInt32BE(0)
    if (type === stringType) headers[name] = readText(value)
  }
  return headers
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new FrameError('a header is no UTF-8')
  }
}
