import { type Pkcs11Provider, pkcs11ProviderName, readPkcs11Provider } from '../pkcs11/pkcs11-provider.ts'
import { isMap } from './config-merge.ts'
import type { ConfigTree, ConfigValue } from './config-tree.ts'
import { type ProxySettings, readProxySettings } from './proxy-settings.ts'

export const nucleusComponentName = 'aws.greengrass.Nucleus'

/** Where the nucleus keeps its own settings. */
export const nucleusConfigPath = ['services', nucleusComponentName, 'configuration'] as const

/** What the nucleus reads of its configuration. Paths are as configured: plain, `file://` or `pkcs11:` URIs. */
export interface DeviceSettings {
  readonly thingName: string
  readonly certificateFilePath: string
  readonly privateKeyPath: string
  readonly rootCaPath: string
  readonly awsRegion: string
  readonly iotDataEndpoint: string
  readonly nucleusVersion: string
  readonly interpolateComponentConfiguration: boolean
  /** The proxy for MQTT, undefined where the connection is direct. */
  readonly proxy: ProxySettings | undefined
  readonly mqtt: MqttSettings
  /** How tokens are reached, undefined where the plugin for them is not configured. */
  readonly pkcs11: Pkcs11Provider | undefined
}

export interface MqttSettings {
  readonly version: 'mqtt5' | 'mqtt3'
  readonly port: number
  readonly keepAliveTimeoutMs: number
  readonly pingTimeoutMs: number
  readonly operationTimeoutMs: number
  readonly socketTimeoutMs: number
  readonly maxInFlightPublishes: number
  readonly maxMessageSizeInBytes: number
  readonly maxPublishRetry: number
  readonly sessionExpirySeconds: number
  readonly spoolMaxSizeInBytes: number
  readonly keepQos0WhenOffline: boolean
}

/** Reads the settings with the nucleus's own defaults; scalars may be strings, as YAML and deployments have them. */
export function readDeviceSettings(tree: ConfigTree): DeviceSettings {
  const system = (key: string) => text(tree.get(['system', key]))
  const nucleus = (key: string) => tree.get([...nucleusConfigPath, key])
  return {
    thingName: system('thingName'),
    certificateFilePath: system('certificateFilePath'),
    privateKeyPath: system('privateKeyPath'),
    rootCaPath: system('rootCaPath'),
    awsRegion: text(nucleus('awsRegion')),
    iotDataEndpoint: text(nucleus('iotDataEndpoint')),
    nucleusVersion: text(tree.get(['services', nucleusComponentName, 'version'])) || '2.15.0',
    interpolateComponentConfiguration: isTrue(nucleus('interpolateComponentConfiguration')),
    proxy: readProxySettings(nucleus('networkProxy'), text(nucleus('iotDataEndpoint'))),
    mqtt: readMqttSettings(nucleus('mqtt')),
    pkcs11: readPkcs11Provider(tree.get(['services', pkcs11ProviderName, 'configuration'])),
  }
}

function readMqttSettings(value: ConfigValue | undefined): MqttSettings {
  const mqtt = isMap(value) ? value : {}
  const spooler = isMap(mqtt['spooler']) ? mqtt['spooler'] : {}
  return {
    version: text(mqtt['version']).toLowerCase() === 'mqtt3' ? 'mqtt3' : 'mqtt5',
    port: count(mqtt['port'], 8883),
    keepAliveTimeoutMs: count(mqtt['keepAliveTimeoutMs'], 60_000),
    pingTimeoutMs: count(mqtt['pingTimeoutMs'], 30_000),
    operationTimeoutMs: count(mqtt['operationTimeoutMs'], 30_000),
    socketTimeoutMs: count(mqtt['socketTimeoutMs'], 3_000),
    maxInFlightPublishes: Math.min(count(mqtt['maxInFlightPublishes'], 5), 100),
    maxMessageSizeInBytes: count(mqtt['maxMessageSizeInBytes'], 128 * 1024),
    maxPublishRetry: count(mqtt['maxPublishRetry'], 100),
    sessionExpirySeconds: count(mqtt['sessionExpirySeconds'], 604_800),
    spoolMaxSizeInBytes: count(spooler['maxSizeInBytes'], 2_621_440),
    keepQos0WhenOffline: isTrue(spooler['keepQos0WhenOffline']),
  }
}

function text(value: ConfigValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** Booleans are texts in some configurations. */
export function isTrue(value: ConfigValue | undefined): boolean {
  return value === true || value === 'true'
}

function count(value: ConfigValue | undefined, fallback: number): number {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) ? number : fallback
}
