import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { createPacketReader } from '@rotator/local-cloud/mqtt/packet-reader'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { mutateBytes } from '../../mutation/bytes.ts'
import { claim, type Target } from '../../target.ts'

const packetBytes = 8 * 1024

/** Bytes of a client of the local broker: MQTT packets of either version, cut into pieces of any length. */
export const mqttPackets: Target = {
  name: 'mqtt-packets',
  mutate: mutateBytes,
  execute(input) {
    const whole = readIn([input])
    const size = 1 + ((createHash('sha256').update(input).digest()[0] ?? 0) % 30)
    const pieces = Array.from({ length: Math.ceil(input.length / size) }, (_, n) =>
      input.subarray(n * size, (n + 1) * size),
    )
    const pieced = readIn(pieces)
    claim(whole.malformed <= 1 && pieced.malformed <= 1, 'the end of a client is told more than once')
    claim(
      whole.malformed > 0 || pieced.malformed > 0 || isDeepStrictEqual(whole.packets, pieced.packets),
      'other packets come out when the bytes come in pieces',
    )
    const kinds = whole.packets.slice(0, 3).map(({ cmd }) => cmd)
    return `${kinds.join()} malformed ${whole.malformed}`
  },
  seeds: () => ({
    version4: Buffer.concat(
      conversation(4).map(packet => mqttPacket.generate(packet, { protocolVersion: 4 })),
    ),
    version5: Buffer.concat(
      conversation(5).map(packet => mqttPacket.generate(packet, { protocolVersion: 5 })),
    ),
  }),
}

const conversation = (protocolVersion: 4 | 5): Packet[] => [
  { cmd: 'connect', protocolId: 'MQTT', protocolVersion, clientId: 'dev1', clean: true, keepalive: 30 },
  {
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: [{ topic: '$aws/things/dev1/jobs/+/get/accepted', qos: 1 }],
  },
  {
    cmd: 'publish',
    topic: '$aws/things/dev1/jobs/$next/get',
    payload: '{}',
    qos: 1,
    messageId: 2,
    dup: false,
    retain: false,
  },
  { cmd: 'pingreq' },
  { cmd: 'disconnect' },
]

function readIn(pieces: readonly Buffer[]): { packets: Packet[]; malformed: number } {
  const reading = { packets: [] as Packet[], malformed: 0 }
  const reader = createPacketReader(
    packetBytes,
    packet => {
      claim(reading.malformed === 0, 'a packet came after the end')
      reading.packets.push(packet)
    },
    () => {
      reading.malformed += 1
    },
  )
  for (const piece of pieces) reader.push(piece)
  return reading
}
