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
  let isBroken = false
  parser.on('packet', packet => complete.push(packet))
  parser.on('error', () => {
    isBroken = true
  })

  /** The parser reports most of what is wrong by its event, and throws the rest. */
  function parse(bytes: Buffer): void {
    try {
      if (parser.parse(bytes) > packetBytes) isBroken = true
    } catch {
      isBroken = true
    }
  }

  return {
    push(bytes) {
      if (isBroken) return
      parse(bytes)
      const packets = complete
      complete = []
      for (const packet of packets) onPacket(packet)
      if (isBroken) malformed()
    },
  }
}
