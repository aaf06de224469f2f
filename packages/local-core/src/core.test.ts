import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { RootLayout } from './provision/root-layout.ts'
import {
  type CoreProcess,
  commandFixture,
  fixtureComponent,
  fixtureRecipe,
  fixtureStarts,
  isAlive,
  provisionFixture,
  startCoreProcess,
  temporaryFolder,
} from './testing/core-process.ts'
import { type FakeBroker, startFakeBroker } from './testing/fake-broker.ts'
import { createTestAuthority, type TestAuthority, type TestIdentity } from './testing/test-certificates.ts'

const mainFile = fileURLToPath(new URL('main.ts', import.meta.url))

let authority: TestAuthority
let broker: FakeBroker
let identity: TestIdentity
let next: TestIdentity
const folders: string[] = []
const cores: CoreProcess[] = []

beforeAll(async () => {
  authority = await createTestAuthority()
  identity = await authority.issue('device')
  next = await authority.issue('device')
  broker = await startFakeBroker(authority)
})

afterEach(async () => {
  await Promise.all(cores.splice(0).map(core => core.stop()))
  broker.refused.clear()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

afterAll(() => broker.close())

function provision(options: { readonly root?: string; readonly thingName?: string } = {}): RootLayout {
  const folder = temporaryFolder()
  folders.push(folder)
  const { root = 'root', thingName = 'device-1' } = options
  return provisionFixture({ root: join(folder, root), thingName, identity, authority, broker })
}

function start(layout: RootLayout): CoreProcess {
  const core = startCoreProcess(layout)
  cores.push(core)
  return core
}

test('a restart by systemctl gives the component a new SVCUID and the nucleus the files as they now are', async () => {
  const layout = provision()
  const core = start(layout)
  expect(await core.waitFor(({ event }) => event === 'mqtt-connected')).toMatchObject({
    clientId: 'device-1',
    fingerprint: identity.fingerprint,
  })
  const [first] = await fixtureStarts(layout, 1)
  writeFileSync(join(layout.root, 'device.pem.crt'), next.certificatePem)
  writeFileSync(join(layout.root, 'private.pem.key'), next.privateKeyPem)
  const seen = core.events.length
  writeFileSync(
    join(layout.workFolder(fixtureComponent), 'command'),
    'systemctl --no-block,restart,greengrass.service',
  )
  const again = await core.waitFor(({ event }) => event === 'mqtt-connected', seen)
  expect(again['fingerprint']).toBe(next.fingerprint)
  const [, second] = await fixtureStarts(layout, 2)
  expect(second?.authToken).not.toBe(first?.authToken)
  expect(second?.folder).toBe(layout.workFolder(fixtureComponent))
  expect(isAlive(first?.pid ?? 0)).toBe(false)
  expect(isAlive(first?.grandchildPid ?? 0)).toBe(false)
})

test('a network loss reconnects with the pair in memory, whatever the files hold by then', async () => {
  const layout = provision()
  const core = start(layout)
  await core.waitFor(({ event }) => event === 'mqtt-connected')
  writeFileSync(join(layout.root, 'device.pem.crt'), next.certificatePem)
  writeFileSync(join(layout.root, 'private.pem.key'), next.privateKeyPem)
  await core.request({ command: 'network', state: 'offline' })
  await core.waitFor(({ event }) => event === 'mqtt-disconnected')
  await core.waitFor(({ event }) => event === 'mqtt-failed')
  const seen = core.events.length
  await core.request({ command: 'network', state: 'online' })
  const again = await core.waitFor(({ event }) => event === 'mqtt-connected', seen)
  expect(again['fingerprint']).toBe(identity.fingerprint)
})

test('a pair that cannot be used is tried afresh; one that is refused is kept until a restart', async () => {
  const layout = provision()
  writeFileSync(join(layout.root, 'private.pem.key'), next.privateKeyPem)
  const core = start(layout)
  const failure = await core.waitFor(({ event }) => event === 'mqtt-build-failed')
  expect(failure['reason']).toContain('AWS_IO_TLS_CTX_ERROR')
  broker.refused.add(identity.fingerprint)
  writeFileSync(join(layout.root, 'private.pem.key'), identity.privateKeyPem)
  await core.waitFor(({ event }) => event === 'mqtt-failed')
  writeFileSync(join(layout.root, 'device.pem.crt'), next.certificatePem)
  writeFileSync(join(layout.root, 'private.pem.key'), next.privateKeyPem)
  const seen = core.events.length
  const refusedAgain = await core.waitFor(({ event }) => event === 'mqtt-failed', seen)
  expect(refusedAgain['fingerprint']).toBe(identity.fingerprint)
  await core.request({ command: 'restart' })
  const connected = await core.waitFor(({ event }) => event === 'mqtt-connected')
  expect(connected['fingerprint']).toBe(next.fingerprint)
})

test('a core whose power was cut starts again on its root', async () => {
  const layout = provision()
  const core = start(layout)
  const [first] = await fixtureStarts(layout, 1)
  await core.waitFor(({ event }) => event === 'mqtt-connected')
  await core.cutPower()
  await expect.poll(() => isAlive(first?.pid ?? 0) || isAlive(first?.grandchildPid ?? 0)).toBe(false)
  expect(existsSync(layout.ipcSocket)).toBe(true)
  const again = start(layout)
  await again.waitFor(({ event }) => event === 'mqtt-connected')
  const starts = await fixtureStarts(layout, 2)
  expect(starts[1]?.authToken).not.toBe(first?.authToken)
})

test('what a killed core left running is killed by the next one', async () => {
  const layout = provision()
  const core = start(layout)
  const [first] = await fixtureStarts(layout, 1)
  core.child.kill('SIGKILL')
  await core.stop()
  expect(isAlive(first?.pid ?? 0)).toBe(true)
  const again = start(layout)
  await again.waitFor(({ event }) => event === 'leftovers-killed')
  await expect.poll(() => isAlive(first?.pid ?? 0) || isAlive(first?.grandchildPid ?? 0)).toBe(false)
})

test('D6: a restart that fails says so; D16: one that is swallowed says yes and nothing restarts', async () => {
  const layout = provision()
  const core = start(layout)
  await fixtureStarts(layout, 1)
  await core.request({ command: 'restart-fault', fault: { kind: 'fail', times: 1 } })
  const failed = await commandFixture(layout, 'systemctl restart,greengrass.service')
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).toContain('Failed to restart greengrass.service')
  await core.request({ command: 'restart-fault', fault: { kind: 'swallow', times: 1 } })
  expect(await commandFixture(layout, 'systemctl --no-block,restart,greengrass')).toMatchObject({
    exitCode: 0,
  })
  const active = await commandFixture(layout, 'systemctl is-active,greengrass.service')
  expect(active).toEqual({ exitCode: 0, stdout: 'active\n', stderr: '' })
  expect(await core.request({ command: 'status' })).toMatchObject({
    restartFaultsFired: 2,
    restarts: 0,
    running: true,
  })
  expect(core.events.filter(({ event }) => event === 'started')).toHaveLength(1)
})

test('a component that ignores SIGTERM is killed, with its whole process group', async () => {
  const layout = provision()
  const core = start(layout)
  const [first] = await fixtureStarts(layout, 1)
  await commandFixture(layout, 'ignore-sigterm')
  await core.request({ command: 'restart' })
  expect(isAlive(first?.pid ?? 0)).toBe(false)
  const exit = core.events.find(({ event }) => event === 'component-exited')
  expect(exit).toMatchObject({ signal: 'SIGKILL', code: null })
})

test('a component that ends with 0 is FINISHED, one that fails three times is BROKEN', async () => {
  const layout = provision()
  const core = start(layout)
  for (const count of [1, 2, 3]) {
    await fixtureStarts(layout, count)
    writeFileSync(join(layout.workFolder(fixtureComponent), 'command'), 'exit 7')
  }
  await core.waitFor(({ state }) => state === 'BROKEN')
  expect(core.events.filter(({ state }) => state === 'ERRORED')).toHaveLength(2)
  await core.request({ command: 'restart' })
  await fixtureStarts(layout, 4)
  writeFileSync(join(layout.workFolder(fixtureComponent), 'command'), 'exit 0')
  await core.waitFor(({ state }) => state === 'FINISHED')
})

test('a root path too long for a socket and a thing name of every allowed character work', async () => {
  const thingName = `abcXYZ:_-0129${'x'.repeat(115)}`
  const layout = provision({ root: `${'r'.repeat(60)}/it's a {x}/${'s'.repeat(60)}`, thingName })
  const core = start(layout)
  expect(await core.waitFor(({ event }) => event === 'mqtt-connected')).toMatchObject({ clientId: thingName })
  const [first] = await fixtureStarts(layout, 1)
  expect(first).toMatchObject({ thingName, socketPath: '../../ipc.socket' })
  expect(existsSync(join(first?.folder ?? '', first?.socketPath ?? ''))).toBe(true)
  const active = await commandFixture(layout, 'systemctl is-active,greengrass.service')
  expect(active).toEqual({ exitCode: 0, stdout: 'active\n', stderr: '' })
})

test('effectiveConfig.yaml is written at start and at soft shutdown, not after a deployment', async () => {
  const layout = provision()
  rmSync(layout.effectiveConfigFile)
  const core = start(layout)
  await core.waitFor(({ event }) => event === 'started')
  const keyAlgorithm = () => {
    const config = parse(readFileSync(layout.effectiveConfigFile, 'utf8'))
    return config.services[fixtureComponent].configuration.keyAlgorithm
  }
  const result = await core.request({
    command: 'deploy',
    changes: [{ component: fixtureComponent, merge: { keyAlgorithm: 'ECDSA-P384' } }],
  })
  expect(result).toEqual({ status: 'SUCCESSFUL' })
  expect(keyAlgorithm()).toBe('RSA-2048')
  expect(readFileSync(layout.tlogFile, 'utf8').trim().split('\n').at(-1)).toMatch(
    /^\{"TS":\d+,"TP":\["services","test\.Fixture",.*,"V":/,
  )
  await core.stop()
  expect(keyAlgorithm()).toBe('ECDSA-P384')
  expect(existsSync(layout.ipcSocket)).toBe(false)
})

test('a new version of the component is put in place and started', async () => {
  const layout = provision()
  const core = start(layout)
  const [first] = await fixtureStarts(layout, 1)
  const recipeFile = join(layout.root, 'next.json')
  writeFileSync(recipeFile, fixtureRecipe('1.1.0'))
  const artifactFolder = join(layout.unarchivedFolder(fixtureComponent, '1.0.0'), 'fixture')
  const result = await core.request({
    command: 'deploy',
    changes: [{ component: fixtureComponent, recipeFile, artifactFolder }],
  })
  expect(result).toEqual({ status: 'SUCCESSFUL' })
  const [, second] = await fixtureStarts(layout, 2)
  expect(isAlive(first?.pid ?? 0)).toBe(false)
  expect(readFileSync(`/proc/${second?.pid}/cmdline`, 'utf8')).toContain('/1.1.0/fixture/component.ts')
})

test('the control socket explains what it refuses, and stops the core with its component', async () => {
  const layout = provision()
  const core = start(layout)
  const [first] = await fixtureStarts(layout, 1)
  await expect(core.request({ command: 'explode' })).rejects.toThrow('Unknown control command "explode"')
  await expect(
    core.request({ command: 'deploy', changes: [{ component: 'x', recipeFile: '/no' }] }),
  ).rejects.toThrow('ENOENT')
  const exited = new Promise(resolve => core.child.once('exit', resolve))
  await core.request({ command: 'stop' })
  expect(await exited).toBe(0)
  expect(isAlive(first?.pid ?? 0)).toBe(false)
  expect(existsSync(layout.controlSocket)).toBe(false)
})

test('a core without a provisioned root, or without its configuration, says what to do', async () => {
  const folder = temporaryFolder()
  folders.push(folder)
  const { status, stderr } = spawnSync(process.execPath, [mainFile, '--root', folder], { encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toContain(`${folder} is no Greengrass root folder`)
  expect(stderr).toContain('Usage:')
  const layout = provision()
  writeFileSync(layout.tlogFile, 'torn')
  const core = start(layout)
  const failure = await core.waitFor(({ event }) => event === 'start-failed')
  expect(failure['reason']).toContain('line 1 of the transaction log is not a transaction')
})
