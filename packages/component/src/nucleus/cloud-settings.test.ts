import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { makeFolders } from '../testing/device-files.ts'
import { SimulatedDisk } from '../testing/simulated-disk.ts'
import { proxyFor, readCloudSettings } from './cloud-settings.ts'

const owner = { mode: 0o600, uid: 0, gid: 0 }

interface NucleusConfiguration {
  system?: object
  nucleus?: object
}

/** A root folder as the nucleus leaves it; what is removed stands in its log alone. */
function rootWith(
  { system = {}, nucleus = {} }: NucleusConfiguration,
  removed: string[][] = [],
): SimulatedDisk {
  const disk = new SimulatedDisk()
  makeFolders(disk, '/gg/config')
  const effective = stringify({
    services: {
      'aws.greengrass.Other': {
        configuration: { iotDataEndpoint: 'no', script: 'a: |\n  iotDataEndpoint: no\n' },
      },
      'aws.greengrass.Nucleus': { componentType: 'NUCLEUS', configuration: nucleus, dependencies: ['a: b'] },
    },
    system,
  })
  disk.create('/gg/config/effectiveConfig.yaml', Buffer.from(effective), owner)
  const lines = removed.map(TP => `${JSON.stringify({ TS: 9, TP, W: 'removed' })}\n`)
  disk.create('/gg/config/config.tlog', Buffer.from(lines.join('')), owner)
  return disk
}

const settingsOf = (configuration: NucleusConfiguration, removed?: string[][]) =>
  readCloudSettings(rootWith(configuration, removed), '/gg')

describe('the way to AWS IoT', () => {
  test('is read with the defaults of the nucleus', () => {
    expect(settingsOf({ nucleus: { iotDataEndpoint: 'x-ats.iot.us-east-1.amazonaws.com' } })).toEqual({
      ok: true,
      settings: {
        dataEndpoint: 'x-ats.iot.us-east-1.amazonaws.com',
        mqttPort: 8883,
        rootCaPath: undefined,
        credentials: undefined,
        proxy: undefined,
      },
    })
  })

  test('is read with everything that can be set', () => {
    const nucleus = {
      iotDataEndpoint: 'data',
      iotCredEndpoint: 'credentials',
      iotRoleAlias: 'Role',
      mqtt: { keepAliveTimeoutMs: 1, port: '443' },
      networkProxy: {
        noProxyAddresses: 'a,b',
        proxy: { url: 'https://proxy', username: 'me', password: 'sesame' },
      },
    }
    expect(settingsOf({ system: { rootCaPath: 'file:///gg/ca.pem' }, nucleus })).toEqual({
      ok: true,
      settings: {
        dataEndpoint: 'data',
        mqttPort: 443,
        rootCaPath: '/gg/ca.pem',
        credentials: { endpoint: 'credentials', roleAlias: 'Role' },
        proxy: {
          isSecure: true,
          host: 'proxy',
          port: 443,
          user: { name: 'me', password: 'sesame' },
          exceptions: ['a', 'b'],
        },
      },
    })
  })

  test('has no setting any more that the log says to be removed, whatever the other file still has', () => {
    const nucleus = { iotDataEndpoint: 'data', networkProxy: { proxy: { url: 'http://proxy' } } }
    const path = ['services', 'aws.greengrass.Nucleus', 'configuration', 'networkProxy']
    expect(settingsOf({ nucleus })).toMatchObject({ settings: { proxy: { host: 'proxy' } } })
    expect(settingsOf({ nucleus }, [path])).toMatchObject({ settings: { proxy: undefined } })
    expect(settingsOf({ nucleus }, [['services']])).toMatchObject({ ok: false })
  })

  test.each([
    ['http://proxy', { isSecure: false, host: 'proxy', port: 80, user: undefined }],
    ['http://proxy:3128', { port: 3128 }],
    ['http://[::1]:3128', { host: '::1', port: 3128 }],
    ['http://m%40e:100%@proxy', { user: { name: 'm@e', password: '100%' } }],
    ['http://me@proxy', { user: { name: 'me', password: 'configured' } }],
  ])('the proxy %s is read as the nucleus reads it', (url, proxy) => {
    const networkProxy = { proxy: { url, password: 'configured' } }
    expect(settingsOf({ nucleus: { iotDataEndpoint: 'data', networkProxy } })).toMatchObject({
      settings: { proxy },
    })
  })

  test('a user without a password has an empty one', () => {
    const networkProxy = { proxy: { url: 'http://proxy', username: 'me' } }
    expect(settingsOf({ nucleus: { iotDataEndpoint: 'data', networkProxy } })).toMatchObject({
      settings: { proxy: { user: { name: 'me', password: '' } } },
    })
  })

  test.each([
    ['no endpoint', {}, /no iotDataEndpoint/u],
    ['a port that is none', { iotDataEndpoint: 'x', mqtt: { port: 'eight' } }, /no port \(eight\)/u],
    ['a port that is too high', { iotDataEndpoint: 'x', mqtt: { port: 65_536 } }, /no port/u],
    ['a port of 0', { iotDataEndpoint: 'x', mqtt: { port: 0 } }, /no port/u],
    [
      'a proxy of another kind',
      { iotDataEndpoint: 'x', networkProxy: { proxy: { url: 'socks5://me:sesame@proxy' } } },
      /^(?!.*sesame).*no http or https URL/u,
    ],
    [
      'a proxy that is no URL',
      { iotDataEndpoint: 'x', networkProxy: { proxy: { url: 'proxy' } } },
      /no http/u,
    ],
  ])('%s is explained', (_name, nucleus, problem) => {
    expect(settingsOf({ nucleus })).toEqual({ ok: false, problem: expect.stringMatching(problem) })
  })

  test('a root CA that is no path is explained', () => {
    const configuration = { nucleus: { iotDataEndpoint: 'x' }, system: { rootCaPath: 'ca.pem' } }
    expect(settingsOf(configuration)).toEqual({ ok: false, problem: expect.stringContaining('rootCaPath') })
  })
})

test('a proxy is left out for hosts that one of its exceptions matches as a whole', () => {
  const reading = settingsOf({
    nucleus: {
      iotDataEndpoint: 'x',
      networkProxy: { noProxyAddresses: '(,iot\\..*,localhost', proxy: { url: 'http://proxy' } },
    },
  })
  const proxied = (host: string): boolean => reading.ok && proxyFor(host, reading.settings) !== undefined
  expect(['localhost', 'localhost2', 'iot.eu', 'my.iot.eu'].map(proxied)).toEqual([false, true, false, true])
})
