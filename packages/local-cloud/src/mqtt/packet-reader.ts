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
  let isBroken = false
  const breakOff = () => {
    if (!isBroken) malformed()
    isBroken = true
  }
  parser.on('packet', packet => {
    if (!isBroken) onPacket(packet)
  })
  parser.on('error', breakOff)
  return {
    push(bytes) {
      if (isBroken) return
      const leftBytes = parser.parse(bytes)
      if (leftBytes > packetBytes) breakOff()
    },
  }
}
