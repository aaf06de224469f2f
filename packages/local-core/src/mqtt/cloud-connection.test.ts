import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mergeChanges } from '../config/config-merge.ts'
import { createConfigTree } from '../config/config-tree.ts'
import { nucleusConfigPath, readDeviceSettings } from '../config/device-settings.ts'
import {
  type ContractCloud,
  cloudAtBroker,
  cloudConnectionContract,
} from '../testing/cloud-connection-contract.ts'
import { temporaryFolder } from '../testing/core-process.ts'
import { type FakeBroker, startFakeBroker } from '../testing/fake-broker.ts'
import { fakeCloud } from '../testing/fake-cloud.ts'
import { basic, type FakeProxy, startFakeProxy } from '../testing/fake-proxy.ts'
import { createTestAuthority } from '../testing/test-certificates.ts'
import { fastTimings } from '../timings.ts'
import { loadCrt } from './crt-library.ts'
import { type NetworkLink, openNetworkLink } from './network-link.ts'

describe('the fake cloud', () => {
  let contract: ContractCloud
  beforeEach(() => {
    const cloud = fakeCloud()
    const connection = () => {
      const last = cloud.connections.at(-1)
      if (last === undefined) throw new Error('nothing was opened')
      return last
    }
    contract = {
      open: cloud.open,
      letIn: () => connection().connect(),
      filters: () => [...connection().filters],
      publishedTopics: () => connection().published.map(({ topic }) => topic),
      deliver: (topic, payload) =>
        connection().events.message({
          topic,
          qos: 1,
          payload: Buffer.from(payload),
          retain: false,
          payloadFormat: 'bytes',
          userProperties: [],
        }),
      deny: () => {
        cloud.subscribeCode = 135
      },
      cut: () => connection().disconnect(),
    }
  })
  cloudConnectionContract(() => contract)
})

describe.each([
  ['mqtt5', 'directly'],
  ['mqtt3', 'directly'],
  ['mqtt5', 'through a proxy'],
] as const)('AWS’s library over %s %s', (version, way) => {
  let folder: string
  let broker: FakeBroker
  let network: NetworkLink
  let proxy: FakeProxy
  let contract: ContractCloud

  beforeAll(async () => {
    folder = temporaryFolder()
    mkdirSync(folder, { recursive: true })
    const authority = await createTestAuthority()
    const device = await authority.issue('T')
    const system = { certificateFilePath: 'cert.pem', privateKeyPath: 'key.pem', rootCaPath: 'ca.pem' }
    const paths = Object.fromEntries(Object.entries(system).map(([key, name]) => [key, join(folder, name)]))
    writeFileSync(join(folder, 'cert.pem'), device.certificatePem)
    writeFileSync(join(folder, 'key.pem'), device.privateKeyPem)
    writeFileSync(join(folder, 'ca.pem'), authority.caPem)
    broker = await startFakeBroker(authority)
    proxy = await startFakeProxy()
    const networkProxy = { proxy: { url: `http://me:sesame@127.0.0.1:${proxy.port}` } }
    const nucleus = {
      iotDataEndpoint: 'localhost',
      mqtt: { version, port: broker.port },
      ...(way === 'through a proxy' && { networkProxy }),
    }
    const tree = createConfigTree([
      ...mergeChanges(['system'], { thingName: 'T', ...paths }, 1),
      ...mergeChanges(nucleusConfigPath, nucleus, 1),
    ])
    const crt = await loadCrt()
    network = await openNetworkLink()
    const settings = readDeviceSettings(tree)
    const options = { crt, settings: () => settings, timings: fastTimings, network }
    contract = cloudAtBroker(options, broker)
  })

  afterEach(() => network.set('online'))

  afterAll(async () => {
    await network.close()
    await proxy.stop()
    await broker.close()
    rmSync(folder, { recursive: true, force: true })
  })

  cloudConnectionContract(() => contract)

  test('goes the way that is configured', () => {
    const connect = { authority: `localhost:${broker.port}`, authorization: basic('me:sesame') }
    expect([...new Set(proxy.asked.map(asked => JSON.stringify(asked)))]).toEqual(
      way === 'through a proxy' ? [JSON.stringify(connect)] : [],
    )
  })
})
