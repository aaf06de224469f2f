import type { mqtt5 } from 'aws-crt'
import type { CrtLibrary } from './crt-library.ts'
import type { MqttMessage } from './mqtt-proxy.ts'

/** The library's enumerated QoS. */
export function qosOf(crt: CrtLibrary, qos: 0 | 1): mqtt5.QoS {
  return qos === 0 ? crt.mqtt5.QoS.AtMostOnce : crt.mqtt5.QoS.AtLeastOnce
}

export function toMqtt5(crt: CrtLibrary, message: MqttMessage): mqtt5.PublishPacket {
  return {
    topicName: message.topic,
    qos: qosOf(crt, message.qos),
    payload: arrayBufferOf(message.payload),
    retain: message.retain,
    payloadFormat:
      message.payloadFormat === 'utf8'
        ? crt.mqtt5.PayloadFormatIndicator.Utf8
        : crt.mqtt5.PayloadFormatIndicator.Bytes,
    userProperties: message.userProperties.map(({ key, value }) => ({ name: key, value })),
    ...(message.responseTopic !== undefined && { responseTopic: message.responseTopic }),
    ...(message.correlationData !== undefined && { correlationData: Buffer.from(message.correlationData) }),
    ...(message.contentType !== undefined && { contentType: message.contentType }),
    ...(message.messageExpiryIntervalSeconds !== undefined && {
      messageExpiryIntervalSeconds: message.messageExpiryIntervalSeconds,
    }),
  }
}

export function fromMqtt5(crt: CrtLibrary, packet: mqtt5.PublishPacket): MqttMessage {
  return {
    topic: packet.topicName,
    qos: packet.qos === crt.mqtt5.QoS.AtMostOnce ? 0 : 1,
    payload: bytesOf(packet.payload),
    retain: packet.retain ?? false,
    payloadFormat: packet.payloadFormat === crt.mqtt5.PayloadFormatIndicator.Utf8 ? 'utf8' : 'bytes',
    userProperties: (packet.userProperties ?? []).map(({ name, value }) => ({ key: name, value })),
    ...(packet.responseTopic !== undefined && { responseTopic: packet.responseTopic }),
    ...(packet.correlationData !== undefined && { correlationData: bytesOf(packet.correlationData) }),
    ...(packet.contentType !== undefined && { contentType: packet.contentType }),
    ...(packet.messageExpiryIntervalSeconds !== undefined && {
      messageExpiryIntervalSeconds: packet.messageExpiryIntervalSeconds,
    }),
  }
}

function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length)
  new Uint8Array(copy).set(bytes)
  return copy
}

function bytesOf(payload: mqtt5.Payload | undefined): Uint8Array {
  // The library hands an empty payload over as a buffer that is detached already, which nothing can view.
  if (payload === undefined || (payload instanceof ArrayBuffer && payload.byteLength === 0))
    return new Uint8Array()
  if (typeof payload === 'string') return Buffer.from(payload)
  if (payload instanceof ArrayBuffer) return new Uint8Array(payload)
  if (ArrayBuffer.isView(payload)) {
    return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
  }
  return Buffer.from(JSON.stringify(payload))
}
