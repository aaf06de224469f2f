/** The three packets of MQTT 3.1.1 (OASIS, 2014) that a probe needs; a library would be larger than the probe. */

const cleanSession = 0x02
const keepAliveSeconds = 30

/** CONNECT with a clean session and no will. */
export function connectPacket(clientId: string): Buffer {
  const keepAlive = Buffer.alloc(2)
  keepAlive.writeUInt16BE(keepAliveSeconds)
  const body = Buffer.concat([
    lengthPrefixed('MQTT'),
    Buffer.of(4, cleanSession),
    keepAlive,
    lengthPrefixed(clientId),
  ])
  return Buffer.concat([Buffer.of(0x10), variableLength(body.length), body])
}

export const disconnectPacket = (): Buffer => Buffer.of(0xe0, 0)

/** Bytes of a CONNACK: two of header, flags, return code. */
const connackBytes = 4

/** @returns the return code; undefined while bytes are missing, `garbage` where they are no CONNACK */
export function readConnack(bytes: Buffer): number | 'garbage' | undefined {
  if (!bytes.subarray(0, 2).equals(Buffer.of(0x20, 2).subarray(0, bytes.length))) return 'garbage'
  // All but one of the flags are reserved and zero: with others it is something else.
  if ((bytes[2] ?? 0) > 1) return 'garbage'
  return bytes.length < connackBytes ? undefined : bytes.readUInt8(3)
}

function lengthPrefixed(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function variableLength(length: number): Buffer {
  return length < 128 ? Buffer.of(length) : Buffer.of((length % 128) | 128, Math.floor(length / 128))
}
