import type { ICrtError, mqtt5 } from 'aws-crt'
import type { CloudConnection, CloudConnectionEvents, OpenRequest } from './cloud-connection.ts'
import type { CrtConnectorOptions } from './crt-connector-options.ts'
import type { CrtLibrary } from './crt-library.ts'
import { fromMqtt5, qosOf, toMqtt5 } from './crt-messages.ts'
import { openMqtt3 } from './crt-mqtt3.ts'
import { crtProxyOptions } from './crt-proxy.ts'
import { crtTokenKey } from './crt-token-key.ts'

/** Opens a connection of the version that is configured; throws where the identity is unusable. */
export function connectCrt(options: CrtConnectorOptions, request: OpenRequest): CloudConnection {
  return options.settings.mqtt.version === 'mqtt3' ? openMqtt3(options, request) : openMqtt5(options, request)
}

/** An MQTT 5 client with the nucleus's options. */
function openMqtt5(options: CrtConnectorOptions, request: OpenRequest): CloudConnection {
  const client = new options.crt.mqtt5.Mqtt5Client(clientConfig(options, request))
  listen(options.crt, client, request.events)
  client.start()
  return {
    fingerprint: options.identity.fingerprint,
    subscribe: async (filter, qos) => {
      const subscription = { topicFilter: filter, qos: qosOf(options.crt, qos) }
      const ack = await client.subscribe({ subscriptions: [subscription] })
      return Math.max(...ack.reasonCodes)
    },
    unsubscribe: async filter => {
      await client.unsubscribe({ topicFilters: [filter] })
    },
    publish: async message => {
      const result = await client.publish(toMqtt5(options.crt, message))
      return result === undefined ? 0 : result.reasonCode
    },
    stop: () =>
      new Promise(resolve => {
        client.once('stopped', () => {
          client.close()
          resolve()
        })
        client.stop({ reasonCode: options.crt.mqtt5.DisconnectReasonCode.NormalDisconnection })
      }),
  }
}

function clientConfig(options: CrtConnectorOptions, request: OpenRequest) {
  const { crt, settings, timings, identity, proxyPort } = options
  const { mqtt } = settings
  const builder = builderFor(options)
    .withPort(mqtt.port)
    .withCertificateAuthorityFromPath(undefined, identity.rootCaFile)
    .withHttpProxyOptions(crtProxyOptions(crt, proxyPort))
    .withConnectProperties({
      clientId: request.clientId,
      keepAliveIntervalSeconds: Math.floor(mqtt.keepAliveTimeoutMs / 1000),
      receiveMaximum: 100,
      requestProblemInformation: true,
      sessionExpiryIntervalSeconds: mqtt.sessionExpirySeconds,
    })
    .withSessionBehavior(
      request.resumeSession
        ? crt.mqtt5.ClientSessionBehavior.RejoinAlways
        : crt.mqtt5.ClientSessionBehavior.RejoinPostSuccess,
    )
    .withOfflineQueueBehavior(crt.mqtt5.ClientOperationQueueBehavior.FailAllOnDisconnect)
    .withMinReconnectDelayMs(timings.minReconnectDelayMs)
    .withMaxReconnectDelayMs(timings.maxReconnectDelayMs)
    .withPingTimeoutMs(mqtt.pingTimeoutMs)
    .withAckTimeoutSeconds(Math.ceil(mqtt.operationTimeoutMs / 1000))
  return builder.build()
}

function builderFor({ crt, settings: { iotDataEndpoint }, identity }: CrtConnectorOptions) {
  const { AwsIotMqtt5ClientConfigBuilder: builders } = crt.iot
  return identity.kind === 'token'
    ? builders.newDirectMqttBuilderWithMtlsFromPkcs11(iotDataEndpoint, crtTokenKey(crt, identity))
    : builders.newDirectMqttBuilderWithMtlsFromMemory(
        iotDataEndpoint,
        identity.certificatePem,
        identity.privateKeyPem,
      )
}

function listen(crt: CrtLibrary, client: mqtt5.Mqtt5Client, events: CloudConnectionEvents): void {
  client.on('connectionSuccess', ({ connack }) => events.connected(connack.sessionPresent))
  client.on('connectionFailure', ({ error, connack }) =>
    events.failed(connack === undefined ? nameOf(error) : `refused, reason code ${connack.reasonCode}`),
  )
  client.on('disconnection', ({ error }) => events.disconnected(nameOf(error)))
  client.on('error', error => events.failed(nameOf(error)))
  client.on('messageReceived', ({ message }) => events.message(fromMqtt5(crt, message)))
}

/** The library's name and description of an error, as `AWS_IO_SOCKET_CLOSED, socket is closed.` */
function nameOf(error: ICrtError): string {
  return error instanceof Error ? error.message : (error.error_name ?? 'unknown error')
}
