import { once } from 'node:events'
import sdk from 'aws-iot-device-sdk-v2'
import type { World } from '../whole/world.ts'
import type { IdentityFiles } from './client-identity.ts'

export type MqttVersion = 'MQTT 3.1.1' | 'MQTT 5'

/** A connection of the official device SDK, and its service clients on it. */
export interface DeviceSdkConnection {
  jobs: sdk.iotjobs.IotJobsClientv2
  shadows: sdk.iotshadow.IotShadowClientv2
  close(): Promise<void>
}

/** Nothing here takes this long on a machine of any load, and the SDK's own waits have no end. */
const withinMs = 20_000

/** Connects with the files of an identity as AWS's samples do, but to the local endpoint's port and authority. */
export async function connectDeviceSdk(
  world: World,
  identity: IdentityFiles,
  clientId: string,
  version: MqttVersion,
): Promise<DeviceSdkConnection> {
  const options = {
    maxRequestResponseSubscriptions: 6,
    maxStreamingSubscriptions: 4,
    operationTimeoutInSeconds: withinMs / 1000,
  }
  if (version === 'MQTT 5') {
    const client = new sdk.mqtt5.Mqtt5Client(mqtt5Settings(world, identity, clientId))
    const connected = once(client, 'connectionSuccess', { signal: AbortSignal.timeout(withinMs) })
    client.start()
    await connected
    return services(
      sdk.iotjobs.IotJobsClientv2.newFromMqtt5(client, options),
      sdk.iotshadow.IotShadowClientv2.newFromMqtt5(client, options),
      async () => {
        const stopped = once(client, 'stopped', { signal: AbortSignal.timeout(withinMs) })
        client.stop()
        await stopped
        client.close()
      },
    )
  }
  const connection = new sdk.mqtt.MqttClient().new_connection(mqtt3Settings(world, identity, clientId))
  await connection.connect()
  return services(
    sdk.iotjobs.IotJobsClientv2.newFromMqtt311(connection, options),
    sdk.iotshadow.IotShadowClientv2.newFromMqtt311(connection, options),
    async () => {
      await connection.disconnect()
    },
  )
}

function services(
  jobs: sdk.iotjobs.IotJobsClientv2,
  shadows: sdk.iotshadow.IotShadowClientv2,
  disconnect: () => Promise<void>,
): DeviceSdkConnection {
  return {
    jobs,
    shadows,
    close: async () => {
      jobs.close()
      shadows.close()
      await disconnect()
    },
  }
}

function mqtt5Settings({ mqtt, rootCa }: World, files: IdentityFiles, clientId: string) {
  return sdk.iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromPath(
    mqtt.host,
    files.certificateFile,
    files.privateKeyFile,
  )
    .withPort(mqtt.port)
    .withCertificateAuthority(rootCa)
    .withConnectProperties({ clientId, keepAliveIntervalSeconds: 60 })
    .build()
}

function mqtt3Settings({ mqtt, rootCa }: World, files: IdentityFiles, clientId: string) {
  return sdk.iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder_from_path(
    files.certificateFile,
    files.privateKeyFile,
  )
    .with_endpoint(mqtt.host)
    .with_port(mqtt.port)
    .with_certificate_authority(rootCa)
    .with_client_id(clientId)
    .with_clean_session(true)
    .build()
}

/** A stream of the SDK, listened to. */
export interface Listening<T> {
  /** The next message that comes after this call. */
  next(): Promise<T>
  close(): void
}

/** Opens a stream and waits until the endpoint has taken the subscription. */
export async function listen<T>(
  stream: sdk.mqtt_request_response.StreamingOperation<T>,
): Promise<Listening<T>> {
  const subscribed = once(stream, 'subscriptionStatus', { signal: AbortSignal.timeout(withinMs) })
  stream.open()
  const [status]: { type: number }[] = await subscribed
  if (status?.type !== 0) throw new Error(`The subscription was not established: ${JSON.stringify(status)}`)
  return {
    next: async () => {
      const [event] = (await once(stream, 'incomingPublish', {
        signal: AbortSignal.timeout(withinMs),
      })) as [sdk.mqtt_request_response.IncomingPublishEvent<T>]
      return event.message
    },
    close: () => stream.close(),
  }
}
