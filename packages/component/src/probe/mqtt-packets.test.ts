import * as fc from 'fast-check'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { connectPacket, disconnectPacket, readConnack } from './mqtt-packets.ts'

/** As another implementation of MQTT reads them. */
function parsed(bytes: Buffer): Packet[] {
  const packets: Packet[] = []
  const parser = mqttPacket.parser({ protocolVersion: 4 })
  parser.on('packet', packet => packets.push(packet))
  parser.parse(bytes)
  return packets
}

describe('the packets of a probe', () => {
  test('CONNECT is MQTT 3.1.1 with a clean session and the whole client id, however long', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 128, unit: 'binary' }), clientId => {
        expect(parsed(connectPacket(clientId))).toMatchObject([
          { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId, keepalive: 30 },
        ])
      }),
    )
  })

  test('the longest client id that AWS IoT takes needs two bytes of length', () => {
    const clientId = 'x'.repeat(128)
    expect(parsed(connectPacket(clientId))).toMatchObject([{ cmd: 'connect', clientId }])
  })

  test('DISCONNECT ends it', () => {
    expect(parsed(disconnectPacket())).toMatchObject([{ cmd: 'disconnect' }])
  })

  test('CONNACK is read as it comes in, byte by byte, with every return code', () => {
    for (let returnCode = 0; returnCode < 256; returnCode += 1) {
      const bytes = Buffer.of(0x20, 2, 0, returnCode)
      for (let length = 0; length < bytes.length; length += 1) {
        expect(readConnack(bytes.subarray(0, length))).toBeUndefined()
      }
      expect(readConnack(bytes)).toBe(returnCode)
    }
    const accepted = mqttPacket.generate({ cmd: 'connack', returnCode: 0, sessionPresent: true })
    expect(readConnack(accepted)).toBe(0)
  })

  test.each([
    ['a web server', Buffer.from('HTTP/1.1 400 Bad Request')],
    ['another packet of MQTT', Buffer.of(0xd0, 0)],
    ['one byte', Buffer.of(0x48)],
    ['flags that MQTT does not have', Buffer.of(0x20, 2, 0x20, 0)],
  ])('the answer of %s is none', (_name, bytes) => {
    expect(readConnack(bytes)).toBe('garbage')
  })
})
