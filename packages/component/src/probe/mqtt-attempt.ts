import type { TLSSocket } from 'node:tls'
import { type ChannelOptions, throughChannel } from './channel.ts'
import { type Finding, found } from './finding.ts'
import { connectPacket, disconnectPacket, readConnack } from './mqtt-packets.ts'
import { hungUp } from './refusal.ts'

/** The nucleus's library offers it at every port; AWS IoT needs it at 443. */
const mqttProtocols = ['x-amzn-mqtt-ca']

/** Tries an identity at the data endpoint: CONNECT, and a word of parting where it was accepted. */
export const tryMqtt = async (
  options: Omit<ChannelOptions, 'protocols'>,
  clientId: string,
): Promise<Finding> =>
  throughChannel({ ...options, protocols: mqttProtocols }, async socket => connect(socket, clientId))

async function connect(socket: TLSSocket, clientId: string): Promise<Finding> {
  socket.write(connectPacket(clientId))
  let received = Buffer.alloc(0)
  for await (const piece of socket) {
    received = Buffer.concat([received, piece])
    const code = readConnack(received)
    if (code !== undefined) return answered(socket, code)
  }
  return found('refused', hungUp)
}

/** 4 and 5 are MQTT's refusals of who asks; AWS IoT has a 7 of its own for it. The others are about the request or the server. */
const refusals: readonly unknown[] = [4, 5, 7]

function answered(socket: TLSSocket, code: number | 'garbage'): Finding {
  if (code === 'garbage') return found('unreachable', 'what answered at that port speaks no MQTT')
  if (code !== 0) {
    return found(refusals.includes(code) ? 'refused' : 'unreachable', `CONNACK had the return code ${code}`)
  }
  socket.end(disconnectPacket())
  return found('accepted', 'CONNACK accepted it')
}
