import { createPrivateKey } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { appendingTo, loadConfig } from '../config/config-files.ts'
import { createConfigTree } from '../config/config-tree.ts'
import { readDeviceSettings } from '../config/device-settings.ts'
import { readDeviceIdentity } from '../mqtt/device-identity.ts'
import { fixtureComponent, fixtureRecipe, temporaryFolder } from '../testing/core-process.ts'
import { createTestAuthority } from '../testing/test-certificates.ts'
import { pathOfValue } from './path-value.ts'
import { type CoreProvision, provisionCore } from './provision-core.ts'

let folder: string

beforeEach(() => {
  folder = temporaryFolder()
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const provision = (more: Partial<CoreProvision> = {}): CoreProvision => ({
  root: join(folder, 'v2'),
  thingName: 'T:1_x-Y',
  certificate: { pathValue: `file://${folder}/keys/thing%20cert.pem`, pem: 'CERTIFICATE' },
  privateKey: { pathValue: join(folder, 'keys/private.pem'), pem: 'KEY' },
  rootCa: { pathValue: join(folder, 'ca.pem') },
  awsRegion: 'eu-west-1',
  iotDataEndpoint: 'localhost',
  nucleusVersion: '2.15.0',
  nucleusConfiguration: { interpolateComponentConfiguration: true, mqtt: { port: 18_883 } },
  components: [{ recipe: fixtureRecipe(), configuration: { keyAlgorithm: 'ECDSA-P256' } }],
  emptyPathsInEffectiveConfig: false,
  nowMs: 5,
  ...more,
})

test('a root has its configuration in the transaction log, readable with the nucleus’s defaults', () => {
  const layout = provisionCore(provision())
  const tree = createConfigTree(loadConfig(layout))
  expect(readDeviceSettings(tree)).toMatchObject({
    thingName: 'T:1_x-Y',
    certificateFilePath: `file://${folder}/keys/thing%20cert.pem`,
    iotDataEndpoint: 'localhost',
    interpolateComponentConfiguration: true,
    mqtt: { port: 18_883, version: 'mqtt5', keepAliveTimeoutMs: 60_000 },
  })
  expect(tree.get(['services', fixtureComponent, 'configuration', 'keyAlgorithm'])).toBe('ECDSA-P256')
  expect(
    JSON.stringify(tree.get(['services', fixtureComponent, 'configuration', 'accessControl'])),
  ).toContain('$aws/things/T:1_x-Y/jobs/+/update')
  expect(readFileSync(layout.tlogFile, 'utf8')).toContain(
    '{"TS":5,"TP":["system","thingName"],"W":"changed","V":"T:1_x-Y"}\n',
  )
  expect(existsSync(join(layout.recipesFolder, `${fixtureComponent}-1.0.0.recipe.yaml`))).toBe(true)
})

test('certificate and key lie where they are configured, the key for its owner only', () => {
  provisionCore(provision())
  expect(readFileSync(join(folder, 'keys/thing cert.pem'), 'utf8')).toBe('CERTIFICATE')
  expect(statSync(join(folder, 'keys/private.pem')).mode & 0o777).toBe(0o600)
})

test('effectiveConfig.yaml can lack the paths, as after fleet provisioning, while the log has them', () => {
  const layout = provisionCore(provision({ emptyPathsInEffectiveConfig: true }))
  const effective = parse(readFileSync(layout.effectiveConfigFile, 'utf8'))
  expect(effective.system).toMatchObject({
    certificateFilePath: '',
    privateKeyPath: '',
    thingName: 'T:1_x-Y',
  })
  const tree = createConfigTree(loadConfig(layout))
  expect(tree.get(['system', 'privateKeyPath'])).toBe(join(folder, 'keys/private.pem'))
})

test('a second provisioning of the same root is refused', () => {
  provisionCore(provision())
  expect(() => provisionCore(provision())).toThrow('is a Greengrass root already')
})

test('a torn log falls back to config.yaml, and without one says what to do', () => {
  const layout = provisionCore(provision())
  writeFileSync(layout.tlogFile, '{"TS":5,"TP":["sys', { flag: 'a' })
  expect(() => loadConfig(layout)).toThrow('Provision the root first')
  writeFileSync(layout.configFile, 'system: { thingName: from-yaml }')
  expect(createConfigTree(loadConfig(layout)).get(['system', 'thingName'])).toBe('from-yaml')
})

test('private keys of the configuration never reach the log', () => {
  const layout = provisionCore(provision())
  const before = readFileSync(layout.tlogFile, 'utf8')
  const log = appendingTo(layout.tlogFile)
  log([{ what: 'changed', path: ['services', 'c', '_private', 'SVCUID'], atMs: 6, value: 'secret' }])
  expect(readFileSync(layout.tlogFile, 'utf8')).toBe(before)
  log([{ what: 'changed', path: ['system', 'x'], atMs: 6, value: 1 }])
  expect(readFileSync(layout.tlogFile, 'utf8')).toBe(
    `${before}{"TS":6,"TP":["system","x"],"W":"changed","V":1}\n`,
  )
})

test('path values are plain paths or file URIs; a PKCS#11 URI is refused with a reason', () => {
  expect(pathOfValue('/a/b c')).toBe('/a/b c')
  expect(pathOfValue('file:///a/b%20c')).toBe('/a/b c')
  expect(() => pathOfValue('pkcs11:object=x;type=cert')).toThrow('reads files only')
})

test('an identity is the first certificate of its file; errors have the names of the TLS library', async () => {
  const authority = await createTestAuthority()
  const device = await authority.issue('device')
  const crlf = `Subject: CN=device\n${device.certificatePem}${authority.caPem}`.replaceAll('\n', '\r\n')
  const certificateFilePath = join(folder, 'chain.pem')
  const privateKeyPath = join(folder, 'key.pem')
  const paths = { certificateFilePath, privateKeyPath, rootCaPath: 'file:///ca.pem', pkcs11: undefined }
  writeFileSync(certificateFilePath, crlf)
  expect(() => readDeviceIdentity(paths)).toThrow('AWS_ERROR_FILE_INVALID_PATH: the private key at')
  writeFileSync(privateKeyPath, device.privateKeyPem)
  expect(readDeviceIdentity(paths)).toMatchObject({ fingerprint: device.fingerprint, rootCaFile: '/ca.pem' })
  const sec1 = createPrivateKey(device.privateKeyPem).export({ type: 'sec1', format: 'pem' })
  writeFileSync(privateKeyPath, sec1)
  expect(() => readDeviceIdentity(paths)).toThrow(
    `Java: IOException : algid parse error, not a sequence: the private key at ${privateKeyPath} is a key of EC in SEC1`,
  )
  writeFileSync(privateKeyPath, device.privateKeyPem)
  writeFileSync(certificateFilePath, 'no certificate')
  expect(() => readDeviceIdentity(paths)).toThrow('AWS_IO_TLS_CTX_ERROR')
})
