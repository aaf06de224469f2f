import mqttPacket, { type Packet } from 'mqtt-packet'

/** Cuts a stream of bytes into MQTT packets. */
export interface PacketReader {
  push(bytes: Buffer): void
}

/**
 * @param packetBytes a packet that is longer is malformed, and no more than that is ever kept
 * @param malformed called once; nothing is read after it
 */
export function createPacketReader(
  packetBytes: number,
  onPacket: (packet: Packet) => void,
  malformed: () => void,
): PacketReader {
  const parser = mqttPacket.parser()
  let complete: Packet[] = []
  let pending: Buffer = Buffer.alloc(0)
  let isBroken = false
  parser.on('packet', packet => complete.push(packet))
  parser.on('error', () => {
    isBroken = true
  })

  /**
   * The parser gets one packet at a time: given more it reads what a packet lacks from the one that follows. It reports
   * most of what is wrong by its event, and throws the rest.
   */
  function parse(packet: Buffer): void {
    try {
      if (parser.parse(packet) > 0 || complete.length === 0) isBroken = true
    } catch {
      isBroken = true
    }
  }

  function readPackets(): void {
    while (!isBroken) {
      const length = packetLength(pending)
      if (length > packetBytes) isBroken = true
      if (length === 0 || length > pending.length) return
      parse(pending.subarray(0, length))
      pending = pending.subarray(length)
      const packets = complete
      complete = []
      if (!isBroken) for (const packet of packets) onPacket(packet)
    }
  }

  return {
    push(bytes) {
      if (isBroken) return
      pending = Buffer.concat([pending, bytes])
      readPackets()
      if (isBroken) malformed()
    },
  }
}

const mostLengthBytes = 4

/** Of the packet that begins here, with its header: type, remaining length in seven bits a byte. 0: not known yet. */
function packetLength(bytes: Buffer): number {
  let remaining = 0
  for (let n = 0; n < mostLengthBytes; n += 1) {
    const byte = bytes[n + 1]
    if (byte === undefined) return 0
    remaining += (byte & 0x7f) * 128 ** n
    if (byte < 0x80) return n + 2 + remaining
  }
  return Number.POSITIVE_INFINITY
}
