import { crc32 } from 'node:zlib'
import { EventStreamCodec } from '@smithy/eventstream-codec'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFrame, encodeFrame, type Frame, FrameError, frameMaxLength } from './event-stream.ts'
import { FrameReader } from './frame-reader.ts'

const oracle = new EventStreamCodec(
  bytes => Buffer.from(bytes).toString('utf8'),
  text => Buffer.from(text, 'utf8'),
)

const names = fc
  .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 })
  .filter(n => n !== '__proto__')
const int32s = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const texts = fc.string({ unit: 'binary', maxLength: 60 })
const payloads = fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes))
const frames: fc.Arbitrary<Frame> = fc.record({
  headers: fc.dictionary(names, fc.oneof(int32s, texts), { maxKeys: 6, noNullPrototype: true }),
  payload: payloads,
})

const forOracle = (frame: Frame) => ({
  headers: Object.fromEntries(
    Object.entries(frame.headers).map(([name, value]) => [
      name,
      typeof value === 'number' ? { type: 'integer' as const, value } : { type: 'string' as const, value },
    ]),
  ),
  body: frame.payload,
})

describe('the event-stream codec', () => {
  test('writes the same bytes as the AWS SDK', () => {
    fc.assert(
      fc.property(frames, frame => {
        expect(encodeFrame(frame)).toEqual(Buffer.from(oracle.encode(forOracle(frame))))
      }),
    )
  })

  test('reads what the AWS SDK writes, and skips headers of types that Greengrass does not use', () => {
    const others = {
      yes: { type: 'boolean' as const, value: true },
      no: { type: 'boolean' as const, value: false },
      byte: { type: 'byte' as const, value: 1 },
      short: { type: 'short' as const, value: 2 },
      binary: { type: 'binary' as const, value: Buffer.from('abc') },
      when: { type: 'timestamp' as const, value: new Date(0) },
      uuid: { type: 'uuid' as const, value: '01234567-89ab-cdef-0123-456789abcdef' },
    }
    fc.assert(
      fc.property(frames, frame => {
        const { headers, body } = forOracle(frame)
        const bytes = Buffer.from(oracle.encode({ headers: { ...others, ...headers }, body }))
        const decoded = decodeFrame(bytes)
        expect(decoded?.length).toBe(bytes.length)
        expect(decoded?.frame).toMatchObject(frame)
      }),
    )
  })

  test.each([{ 'caf\u00e9': 'a' }, { a: 'caf\u00e9' }])(
    'a header that is no UTF-8 is refused: %o',
    headers => {
      const latin1 = new EventStreamCodec(String, text => Buffer.from(text, 'latin1'))
      const bytes = latin1.encode(forOracle({ headers, payload: Buffer.alloc(0) }))
      expect(() => decodeFrame(Buffer.from(bytes))).toThrow('a header is no UTF-8')
    },
  )

  test('every flipped bit is noticed', () => {
    const bytes = encodeFrame({
      headers: { ':message-type': 4, ':version': '0.1.0' },
      payload: Buffer.from('{}'),
    })
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = Buffer.from(bytes)
      const at = Math.floor(bit / 8)
      damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (bit % 8)), at)
      expect(() => decodeFrame(damaged)).toThrow(FrameError)
    }
  })

  test('random bytes are a frame error or an incomplete frame, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        let outcome: unknown
        try {
          outcome = decodeFrame(Buffer.from(bytes))
        } catch (error) {
          outcome = error
        }
        expect(outcome === undefined || outcome instanceof FrameError).toBe(true)
      }),
    )
  })

  test('a length that cannot be is refused before it is waited for', () => {
    for (const [total, headers] of [
      [frameMaxLength + 1, 0],
      [15, 0],
      [20, 8],
    ] as const) {
      const bytes = Buffer.alloc(12)
      bytes.writeUInt32BE(total, 0)
      bytes.writeUInt32BE(headers, 4)
      bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8)
      expect(() => decodeFrame(bytes)).toThrow(/cannot be/)
    }
  })

  test.each([
    ['a header of an unknown type', [1, 97, 42]],
    ['a header that ends in the middle', [9, 97]],
  ])('%s is refused', (_name, headerBytes) => {
    const bytes = Buffer.alloc(16 + headerBytes.length)
    bytes.writeUInt32BE(bytes.length, 0)
    bytes.writeUInt32BE(headerBytes.length, 4)
    bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8)
    Buffer.from(headerBytes).copy(bytes, 12)
    bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4)
    expect(() => decodeFrame(bytes)).toThrow(FrameError)
  })

  test('frames come out whole however the bytes are cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(frames, { maxLength: 4 }), fc.array(fc.nat(40), { minLength: 1 }), (all, cuts) => {
        const bytes = Buffer.concat(all.map(encodeFrame))
        const reader = new FrameReader()
        const read: Frame[] = []
        let at = 0
        for (let i = 0; at < bytes.length; i += 1) {
          const piece = (cuts[i % cuts.length] ?? 0) + 1
          read.push(...reader.push(bytes.subarray(at, at + piece)))
          at += piece
        }
        expect(read).toEqual(all)
      }),
    )
  })
})
