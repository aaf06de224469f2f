import type { CloudConnection, OpenRequest } from './cloud-connection.ts'
import type { CrtConnectorOptions } from './crt-connector-options.ts'
import { crtProxyOptions } from './crt-proxy.ts'
import { crtTokenKey } from './crt-token-key.ts'
import type { MqttMessage } from './mqtt-proxy.ts'

/** An MQTT 3.1.1 client, as the nucleus uses with `mqtt.version: mqtt3`. */
export function openMqtt3(options: CrtConnectorOptions, request: OpenRequest): CloudConnection {
  const { events } = request
  const connection = new options.crt.mqtt.MqttClient().new_connection(config(options, request))
  const { QoS } = options.crt.mqtt
  const crtQos = (qos: 0 | 1) => (qos === 0 ? QoS.AtMostOnce : QoS.AtLeastOnce)
  let stopping = false
  const offline = () => Promise.reject(new Error('AWS_ERROR_MQTT_NOT_CONNECTED'))
  let online = false
  const connected = (sessionPresent: boolean) => {
    online = true
    events.connected(sessionPresent)
  }
  connection.on('resume', (_code, sessionPresent) => connected(sessionPresent))
  connection.on('interrupt', error => {
    online = false
    events.disconnected(error.message)
  })
  connection.on('error', error => events.failed(error.message))
  connection.on('message', (topic, payload, _duplicate, qos, retain) =>
    events.message(fromMqtt3(topic, payload, qos, retain)),
  )
  // Unlike later reconnects, the first connect is tried once by the library itself.
  const connectFirst = (waitMs: number): void => {
    connection.connect().then(connected, (error: unknown) => {
      events.failed(String(error))
      const nextMs = Math.min(2 * waitMs, options.timings.maxReconnectDelayMs)
      if (!stopping) setTimeout(() => !stopping && connectFirst(nextMs), waitMs)
    })
  }
  connectFirst(options.timings.minReconnectDelayMs)
  return {
    fingerprint: options.identity.fingerprint,
    subscribe: async (filter, qos) => {
      if (!online) return offline()
      const granted = await connection.subscribe(filter, crtQos(qos))
      return (granted.error_code ?? 0) === 0 ? granted.qos : 128
    },
    unsubscribe: async filter => {
      await connection.unsubscribe(filter)
    },
    publish: async message => {
      if (!online) return offline()
      const { topic, payload, qos, retain } = message
      const copy = new ArrayBuffer(payload.length)
      new Uint8Array(copy).set(payload)
      await connection.publish(topic, copy, crtQos(qos), retain)
      return 0
    },
    stop: async () => {
      stopping = true
      await connection.disconnect().catch(() => {})
    },
  }
}

function builderFor({ crt, identity }: CrtConnectorOptions) {
  const { AwsIotMqttConnectionConfigBuilder: builders } = crt.iot
  return identity.kind === 'token'
    ? builders.new_mtls_pkcs11_builder(crtTokenKey(crt, identity))
    : builders.new_mtls_builder(identity.certificatePem, identity.privateKeyPem)
}

function config(options: CrtConnectorOptions, request: OpenRequest) {
  const { crt, settings, timings, identity, proxyPort } = options
  const { mqtt } = settings
  return builderFor(options)
    .with_certificate_authority_from_path(undefined, identity.rootCaFile)
    .with_endpoint(settings.iotDataEndpoint)
    .with_port(mqtt.port)
    .with_client_id(request.clientId)
    .with_clean_session(false)
    .with_keep_alive_seconds(Math.floor(mqtt.keepAliveTimeoutMs / 1000))
    .with_ping_timeout_ms(mqtt.pingTimeoutMs)
    .with_protocol_operation_timeout_ms(mqtt.operationTimeoutMs)
    .with_reconnect_min_sec(Math.max(1, Math.floor(timings.minReconnectDelayMs / 1000)))
    .with_reconnect_max_sec(Math.max(1, Math.floor(timings.maxReconnectDelayMs / 1000)))
    .with_http_proxy_options(crtProxyOptions(crt, proxyPort))
    .build()
}

function fromMqtt3(topic: string, payload: ArrayBuffer, qos: number, retain: boolean): MqttMessage {
  return {
    topic,
    qos: qos === 0 ? 0 : 1,
    payload: new Uint8Array(payload),
    retain,
    payloadFormat: 'bytes',
    userProperties: [],
  }
}
