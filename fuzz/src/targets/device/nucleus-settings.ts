import { isAbsolute } from 'node:path'
import type { FileSystem } from '@rotator/component/identities/files/file-system'
import { readCloudSettings } from '@rotator/component/nucleus/cloud-settings'
import { locateIdentity } from '@rotator/component/nucleus/locate-identity'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { jsonOrNothing } from '../shapes.ts'

const words = [
  ...'file:///a%20b file:a pkcs11:object=x;pin-value=1234 pkcs11:object=%78?pin-value=1 object= type=cert ; = /a/b C:\\a http://p:s@h:1 https://[::1] %zz'.split(
    ' ',
  ),
  ...'8443 443 65536 -1 0x10 1e3 https ftp://h h.example'.split(' '),
]
const nucleus = ['services', 'aws.greengrass.Nucleus', 'configuration']
const paths: Readonly<Record<string, readonly string[]>> = {
  certificate: ['system', 'certificateFilePath'],
  key: ['system', 'privateKeyPath'],
  rootCa: ['system', 'rootCaPath'],
  endpoint: [...nucleus, 'iotDataEndpoint'],
  credentials: [...nucleus, 'iotCredEndpoint'],
  alias: [...nucleus, 'iotRoleAlias'],
  port: [...nucleus, 'mqtt', 'port'],
  proxy: [...nucleus, 'networkProxy', 'proxy', 'url'],
  user: [...nucleus, 'networkProxy', 'proxy', 'username'],
  exceptions: [...nucleus, 'networkProxy', 'noProxyAddresses'],
}
const password = 'a word that nobody may read'

/** Values of the nucleus's settings, whatever they are: where the identity lies, and how the cloud is reached. */
export const nucleusSettings: Target = {
  name: 'nucleus-settings',
  mutate: jsonOf(words),
  execute(input) {
    const given = Object(jsonOrNothing(input.toString()))
    const files = filesWith(given)
    const located = locateIdentity(files, '/gg')
    const reading = readCloudSettings(files, '/gg')
    for (const one of [located, reading]) {
      claim(one.ok || !one.problem.includes(password), 'a problem shows the password')
    }
    if (located.ok && located.store === 'pkcs11') {
      claim(located.label !== '', 'an object without a label')
    }
    if (located.ok && located.store === 'files') {
      claim(
        isAbsolute(located.certificatePath) && isAbsolute(located.keyPath),
        'a path that depends on where one is',
      )
    }
    const identity = located.ok ? located.store : wordsOf(located.problem.slice(0, 60))
    if (!reading.ok) return `${identity} ${wordsOf(reading.problem.slice(0, 30))}`
    const { dataEndpoint, mqttPort, proxy } = reading.settings
    claim(dataEndpoint !== '' && isPort(mqttPort), `reached at ${dataEndpoint}:${mqttPort}`)
    claim(
      proxy === undefined || (proxy.host !== '' && isPort(proxy.port)),
      `through ${proxy?.host}:${proxy?.port}`,
    )
    return `${identity} ${proxy === undefined ? 'direct' : `proxy ${proxy.user === undefined}`}`
  },
  seeds: () => ({
    plain: JSON.stringify({
      certificate: '/greengrass/v2/c.pem',
      key: 'file:///greengrass/v2/k.pem',
      rootCa: '/greengrass/v2/ca.pem',
      endpoint: 'abc-ats.iot.eu-west-1.amazonaws.com',
      port: 443,
    }),
    proxy: JSON.stringify({
      certificate: '/c',
      key: '/k',
      endpoint: 'h',
      credentials: 'c',
      alias: 'a',
      proxy: 'https://user@proxy.example:8080',
      exceptions: 'localhost,.*\\.internal',
    }),
    hsm: JSON.stringify({ certificate: 'pkcs11:object=x', key: 'pkcs11:object=x', endpoint: 'h' }),
  }),
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535

/** A root folder whose transaction log sets what is given, and a password. */
function filesWith(given: Record<string, unknown>): FileSystem {
  const set = (path: readonly string[], value: unknown): string =>
    JSON.stringify({ TS: 1, TP: path, W: 'changed', V: value })
  const known = Object.entries(paths).filter(([name]) => Object.hasOwn(given, name))
  const log = [
    ...known.map(([name, path]) => set(path, isShallow(given[name]) ? given[name] : 'deep')),
    set([...nucleus, 'networkProxy', 'proxy', 'password'], password),
  ]
  const read = (path: string): Buffer => Buffer.from(path.endsWith('.tlog') ? log.join('\n') : '')
  // A classic nucleus has this folder. What Lite has instead is read by the reader of YAML, which is fuzzed by itself.
  const folder = { kind: 'folder', mode: 0o700, uid: 0, gid: 0 } as const
  const look = (path: string) => (path === '/gg/config' ? folder : undefined)
  return { read, look } as Partial<FileSystem> as FileSystem
}

/** What is nested is no value of these; the log itself is fuzzed elsewhere. */
const isShallow = (value: unknown): boolean => typeof value !== 'object' || value === null
