import type { FileSystem } from '../identities/files/file-system.ts'
import { readNucleusSettings } from './nucleus-settings.ts'
import { pathOf } from './path-value.ts'
import type { SettingValues } from './setting.ts'

/** How the nucleus of this device reaches AWS IoT. */
export interface CloudSettings {
  /** Host name of the data endpoint. */
  dataEndpoint: string
  mqttPort: number
  /** Undefined where the operating system's authorities are trusted. */
  rootCaPath: string | undefined
  /** Where the nucleus fetches credentials for its components; undefined where it fetches none. */
  credentials: { endpoint: string; roleAlias: string } | undefined
  proxy: ProxySettings | undefined
}

export interface ProxySettings {
  isSecure: boolean
  host: string
  port: number
  /** For basic authentication; undefined where the proxy asks for none. */
  user: { name: string; password: string } | undefined
  /** Regular expressions of hosts that are reached without the proxy. */
  exceptions: string[]
}

export type CloudSettingsReading = { ok: true; settings: CloudSettings } | { ok: false; problem: string }

const defaultMqttPort = 8883

const nucleus = ['services', 'aws.greengrass.Nucleus', 'configuration']
const paths = {
  rootCaPath: ['system', 'rootCaPath'],
  dataEndpoint: [...nucleus, 'iotDataEndpoint'],
  credentialEndpoint: [...nucleus, 'iotCredEndpoint'],
  roleAlias: [...nucleus, 'iotRoleAlias'],
  mqttPort: [...nucleus, 'mqtt', 'port'],
  proxyUrl: [...nucleus, 'networkProxy', 'proxy', 'url'],
  proxyUser: [...nucleus, 'networkProxy', 'proxy', 'username'],
  proxyPassword: [...nucleus, 'networkProxy', 'proxy', 'password'],
  proxyExceptions: [...nucleus, 'networkProxy', 'noProxyAddresses'],
} as const
type Values = SettingValues<keyof typeof paths>

/** Reads them as they are configured now. A problem says why this device cannot be probed; it shows no password. */
export function readCloudSettings(fs: FileSystem, root: string): CloudSettingsReading {
  const values = readNucleusSettings(fs, root, paths)
  const { dataEndpoint, credentialEndpoint, roleAlias } = values
  if (dataEndpoint === undefined) {
    return problem('Greengrass has no iotDataEndpoint. Set it in the nucleus configuration')
  }
  const mqttPort = Number(values.mqttPort ?? defaultMqttPort)
  if (!isPort(mqttPort)) {
    return problem(`The setting mqtt.port of Greengrass is no port (${values.mqttPort}). Correct it`)
  }
  const rootCa = values.rootCaPath === undefined ? undefined : pathOf('rootCaPath', values.rootCaPath)
  if (rootCa?.ok === false) return rootCa
  const proxy = readProxy(values)
  if (proxy === 'unusable') {
    return problem(
      'The proxy of Greengrass is no http or https URL with a host. Correct networkProxy.proxy.url in the nucleus configuration',
    )
  }
  const isWithCredentials = credentialEndpoint !== undefined && roleAlias !== undefined
  return {
    ok: true,
    settings: {
      dataEndpoint,
      mqttPort,
      rootCaPath: rootCa?.path,
      credentials: isWithCredentials ? { endpoint: credentialEndpoint, roleAlias } : undefined,
      proxy,
    },
  }
}

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536

const problem = (sentence: string): CloudSettingsReading => ({
  ok: false,
  problem: `${sentence}; until then new certificates are not tried before they are used.`,
})

/** What stands in the URL goes before the two settings, as for the nucleus. */
function readProxy(values: Values): ProxySettings | 'unusable' | undefined {
  if (values.proxyUrl === undefined) return undefined
  const url = URL.parse(values.proxyUrl)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'unusable'
  const isSecure = url.protocol === 'https:'
  const name = decoded(url.username) || values.proxyUser
  const password = decoded(url.password) || (values.proxyPassword ?? '')
  return {
    isSecure,
    // A URL has an IPv6 address in brackets, a socket does not.
    host: url.hostname.replaceAll(/[[\]]/gu, ''),
    port: Number(url.port) || (isSecure ? 443 : 80),
    user: name === undefined ? undefined : { name, password },
    exceptions: values.proxyExceptions?.split(',') ?? [],
  }
}

/** A per cent sign that begins no code stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The nucleus takes each exception for a regular expression of the whole host name. */
export function proxyFor(host: string, { proxy }: CloudSettings): ProxySettings | undefined {
  return proxy?.exceptions.some(exception => matchesWhole(exception, host)) ? undefined : proxy
}

function matchesWhole(expression: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${expression})$`, 'u').test(text)
  } catch {
    return false
  }
}
