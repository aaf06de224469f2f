import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  FrameError,
} from '@rotator/component/greengrass-ipc/event-stream'
import { FrameReader } from '@rotator/component/greengrass-ipc/frame-reader'
import { EventStreamCodec } from '@smithy/eventstream-codec'
import { mutateFrames, seal } from '../../mutation/frame.ts'
import { claim, type Target, wordsOf } from '../../target.ts'

const codec = new EventStreamCodec(
  bytes => Buffer.from(bytes).toString(),
  text => Buffer.from(text),
)

/** Bytes from the socket of Greengrass IPC: one or more frames, cut into pieces of any length. */
export const eventStream: Target = {
  name: 'event-stream',
  mutate: mutateFrames,
  execute(input) {
    const whole = readIn([input])
    const pieces = cut(input)
    const pieced = readIn(pieces)
    claim(whole.problem === pieced.problem, `in pieces: ${pieced.problem}, as one: ${whole.problem}`)
    claim(isSame(whole.frames, pieced.frames), 'other frames come out when the bytes come in pieces')
    for (const { frame, bytes } of whole.frames) claimFrame(frame, bytes)
    const headers = whole.frames.map(({ frame }) => Object.keys(frame.headers).length)
    return `${headers.slice(0, 3).join()} ${wordsOf(whole.problem ?? 'no problem')}`
  },
  seeds: () => ({
    request: encodeFrame({
      headers: {
        ':message-type': 0,
        ':message-flags': 0,
        ':stream-id': 1,
        operation: 'aws.greengrass#GetConfiguration',
      },
      payload: Buffer.from('{"keyPath":[]}'),
    }),
    conversation: Buffer.concat([
      encodeFrame({
        headers: { ':message-type': 5, ':message-flags': 1, ':stream-id': 0 },
        payload: Buffer.alloc(0),
      }),
      encodeFrame({
        headers: {
          ':content-type': 'application/json',
          'service-model-type': 'aws.greengrass#SubscribeToIoTCoreResponse',
          ':message-type': 0,
          ':message-flags': 0,
          ':stream-id': 2,
        },
        payload: Buffer.from('{}'),
      }),
    ]),
    'all-types': seal(everyHeader(), Buffer.from('x')),
  }),
}

/** One header of each of the ten types. */
function everyHeader(): Buffer {
  const values = [[], [], [1], [0, 1], [0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 1], [0, 1, 1], [0, 1, 97]]
  const longer = [Buffer.alloc(8), Buffer.alloc(16)]
  return Buffer.concat(
    [...values.map(value => Buffer.from(value)), ...longer].map((value, type) =>
      Buffer.concat([Buffer.from([1, 97 + type, type]), value]),
    ),
  )
}

interface Reading {
  frames: { frame: Frame; bytes: Buffer }[]
  problem: string | undefined
}

function readIn(pieces: readonly Buffer[]): Reading {
  const reader = new FrameReader()
  const all = Buffer.concat(pieces)
  const reading: Reading = { frames: [], problem: undefined }
  let at = 0
  try {
    for (const piece of pieces) {
      for (const frame of reader.push(piece)) {
        const length = all.readUInt32BE(at)
        reading.frames.push({ frame, bytes: all.subarray(at, at + length) })
        at += length
      }
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error
    reading.problem = error.message
  }
  return reading
}

/** A broken frame hides those before it in the same piece, and nobody needs them: the connection ends. */
const isSame = (whole: Reading['frames'], pieced: Reading['frames']): boolean =>
  whole.every((one, at) => isDeepStrictEqual(one, pieced[at]))

/** Into pieces whose lengths are taken from the input itself, so that a repetition cuts alike. */
function cut(input: Buffer): Buffer[] {
  const lengths = createHash('sha256').update(input).digest()
  const pieces: Buffer[] = []
  for (let at = 0, n = 0; at < input.length; n += 1) {
    const length = 1 + ((lengths[n % lengths.length] ?? 0) % 40)
    pieces.push(input.subarray(at, at + length))
    at += length
  }
  return pieces
}

/** Another codec reads the same in it, and the frame written anew is read alike. */
function claimFrame(frame: Frame, bytes: Buffer): void {
  const { headers, body } = codec.decode(bytes)
  claim(frame.payload.equals(body), 'the payload is not what another codec reads')
  for (const name of new Set([...Object.keys(headers), ...Object.keys(frame.headers)])) {
    const { type, value } = headers[name] ?? {}
    const isKept = type === 'integer' || type === 'string'
    // Of two headers of one name, one may be of a type that is skipped here.
    claim(!isKept || frame.headers[name] === value, `header ${name} is not what another codec reads`)
    claim(type !== undefined, `header ${name} is none to another codec`)
  }
  const again = decodeFrame(encodeFrame(frame))
  claim(isDeepStrictEqual(again?.frame, frame), 'the frame reads otherwise when it is written anew')
}
