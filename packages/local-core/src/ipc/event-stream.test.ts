import { EventStreamCodec, Int64 } from '@smithy/eventstream-codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFrame, EventStreamError, encodeFrame, frameLength, type HeaderValue } from './event-stream.ts'
import { createFrameReader } from './frame-reader.ts'

const smithy = new EventStreamCodec(
  bytes => Buffer.from(bytes).toString(),
  text => Buffer.from(text),
)

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
const bigints = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
/** Smithy turns timestamps into dates, so only what a date can hold goes through both. */
const timestamps = fc.bigInt({ min: -8_000_000_000_000n, max: 8_000_000_000_000n })
const headerValue: fc.Arbitrary<HeaderValue> = fc.oneof(
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('byte' as const), value: fc.integer({ min: -128, max: 127 }) }),
  fc.record({ type: fc.constant('short' as const), value: fc.integer({ min: -32_768, max: 32_767 }) }),
  fc.record({ type: fc.constant('integer' as const), value: fc.integer() }),
  fc.record({ type: fc.constant('long' as const), value: bigints }),
  fc.record({ type: fc.constant('binary' as const), value: bytes(300) }),
  fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'grapheme', maxLength: 80 }) }),
  fc.record({ type: fc.constant('timestamp' as const), value: timestamps }),
)
const uuid = fc.record({
  type: fc.constant('uuid' as const),
  value: fc.uint8Array({ minLength: 16, maxLength: 16 }),
})
const headerName = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 })
const messageOf = (value: fc.Arbitrary<HeaderValue>) =>
  fc.record({
    headers: fc.array(fc.tuple(headerName, value), { maxLength: 6 }).map(entries => new Map(entries)),
    payload: bytes(2000),
  })
/** Smithy shows UUIDs as text and loses a header `__proto__`, so both are compared with our own decoder only. */
const comparableMessage = messageOf(headerValue).filter(({ headers }) => !headers.has('__proto__'))
const message = messageOf(fc.oneof(headerValue, uuid))

/** Their 64-bit numbers, dates and UUIDs, and ours, in one form. */
function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (value instanceof Date) return BigInt(value.getTime())
  if (value instanceof Int64) return Buffer.from(value.bytes).readBigInt64BE()
  return value
}

describe('against the codec of the AWS SDK', () => {
  test('its decoder reads what ours encodes', () => {
    fc.assert(
      fc.property(comparableMessage, ({ headers, payload }) => {
        const decoded = smithy.decode(encodeFrame({ headers, payload }))
        expect(Buffer.from(decoded.body)).toEqual(Buffer.from(payload))
        const theirs = Object.entries(decoded.headers).map(([name, { value }]) => [name, comparable(value)])
        const ours = [...headers].map(([name, { value }]) => [name, comparable(value)])
        expect(new Map(theirs as [string, unknown][])).toEqual(new Map(ours as [string, unknown][]))
      }),
    )
  })

  test('ours reads what its encoder writes', () => {
    const theirs = {
      ':message-type': { type: 'integer' as const, value: -7 },
      operation: { type: 'string' as const, value: 'aws.greengrass#GetConfiguration' },
      flag: { type: 'boolean' as const, value: false },
    }
    fc.assert(
      fc.property(bytes(2000), body => {
        const decoded = decodeFrame(smithy.encode({ headers: theirs, body }))
        expect(Object.fromEntries(decoded.headers)).toEqual(theirs)
        expect(Buffer.from(decoded.payload)).toEqual(Buffer.from(body))
      }),
    )
  })
})

test('what is encoded decodes to the same, in whatever chunks it arrives', () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 50 }),
      (all, size) => {
        const stream = Buffer.concat(all.map(encodeFrame))
        const read = createFrameReader()
        const frames: Uint8Array[] = []
        for (let offset = 0; offset < stream.length; offset += size) {
          frames.push(...read(stream.subarray(offset, offset + size)))
        }
        const plain = ({ headers, payload }: ReturnType<typeof decodeFrame>) => ({
          headers: [...headers].map(([name, { type, value }]) => [
            name,
            type,
            value instanceof Uint8Array ? [...value] : value,
          ]),
          payload: [...payload],
        })
        expect(frames.map(frame => plain(decodeFrame(frame)))).toEqual(all.map(plain))
      },
    ),
  )
})

test('one flipped bit anywhere is noticed', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: 0, max: 7 }), (original, position, bit) => {
      const frame = encodeFrame(original)
      const index = position % frame.length
      frame.writeUInt8(frame.readUInt8(index) ^ (1 << bit), index)
      expect(() => decodeFrame(frame)).toThrow(EventStreamError)
    }),
  )
})

test('garbage never crashes the reader in another way', () => {
  fc.assert(
    fc.property(fc.array(bytes(64), { maxLength: 8 }), chunks => {
      const read = createFrameReader()
      expect(errorOf(() => chunks.map(read))).toSatisfy(
        error => error === undefined || error instanceof EventStreamError,
      )
    }),
  )
})

test('lengths over the limits are refused before the frame is awaited', () => {
  const prelude = (totalBytes: number, headersBytes: number) => {
    const frame = encodeFrame({ headers: new Map(), payload: new Uint8Array() })
    frame.writeUInt32BE(totalBytes, 0)
    frame.writeUInt32BE(headersBytes, 4)
    return frame
  }
  const withCrc = (frame: Buffer) => {
    // A CRC of another make than the one under test.
    const crc = bitwiseCrc(frame.subarray(0, 8))
    frame.writeUInt32BE(crc, 8)
    return frame
  }
  expect(() => frameLength(withCrc(prelude(25 * 1024 * 1024, 0)))).toThrow('too long')
  expect(() => frameLength(withCrc(prelude(1024 * 1024, 200 * 1024)))).toThrow('too long')
  expect(() => frameLength(withCrc(prelude(20, 16)))).toThrow('do not fit')
  expect(frameLength(withCrc(prelude(1000, 16)))).toBe(1000)
  expect(frameLength(new Uint8Array(11))).toBeUndefined()
})

test('header names and values beyond their fields are refused', () => {
  const headers = (name: string, value: string) => new Map([[name, { type: 'string' as const, value }]])
  const payload = new Uint8Array()
  expect(() => encodeFrame({ headers: headers('n'.repeat(128), ''), payload })).toThrow(EventStreamError)
  expect(() => encodeFrame({ headers: headers('', ''), payload })).toThrow(EventStreamError)
  expect(() => encodeFrame({ headers: headers('n', 'v'.repeat(32_768)), payload })).toThrow(EventStreamError)
})

function bitwiseCrc(first8: Uint8Array): number {
  let crc = 0xff_ff_ff_ff
  for (const byte of first8) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xed_b8_83_20 & -(crc & 1))
  }
  return (crc ^ 0xff_ff_ff_ff) >>> 0
}

function errorOf(run: () => void): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}
