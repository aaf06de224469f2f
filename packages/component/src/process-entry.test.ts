import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { endOn, runComponent } from './process-entry.ts'
import { FakeNucleus } from './testing/fake-nucleus.ts'
import { TestAuthority } from './testing/test-authority.ts'

const program = fileURLToPath(new URL('main.ts', import.meta.url))
let nucleus: FakeNucleus
let root: string
let lines: Record<string, unknown>[]
let exits: number[]

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'root-'))
  mkdirSync(join(root, 'work', 'component'), { recursive: true })
  mkdirSync(join(root, 'config'))
  lines = []
  exits = []
  nucleus = new FakeNucleus()
  for (const operation of ['SubscribeToIoTCore', 'PublishToIoTCore']) {
    nucleus.operations.set(operation, () => ({ kind: 'answer', body: {} }))
  }
  nucleus.operations.set('GetConfiguration', () => ({ kind: 'answer', body: { value: {} } }))
  await nucleus.start()
})

afterEach(async () => {
  await nucleus.stop()
  rmSync(root, { recursive: true })
})

const run = async (
  variables: Record<string, string>,
  platform: NodeJS.Platform = 'linux',
  cgroup?: () => string,
  systemctl?: string,
) =>
  runComponent({
    ...(systemctl && { systemctl }),
    ...(cgroup && { cgroup }),
    program,
    platform,
    variables,
    workingDirectory: join(root, 'work', 'component'),
    write: text => lines.push(JSON.parse(text)),
    exit: code => exits.push(code),
  })

const started = () => ({
  AWS_IOT_THING_NAME: 'thing',
  AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: nucleus.socketPath,
  SVCUID: nucleus.token,
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

const published = (topic: string): boolean =>
  nucleus.received.some(({ payload }) => payload.toString().includes(`"topicName":"${topic}"`))

async function configure(): Promise<void> {
  const identity = await new TestAuthority().identity()
  writeFileSync(join(root, 'c.pem'), identity.certificatePem)
  writeFileSync(join(root, 'k.pem'), identity.keyPem)
  const system = { certificateFilePath: join(root, 'c.pem'), privateKeyPath: `file://${root}/k.pem` }
  writeFileSync(
    join(root, 'config', 'effectiveConfig.yaml'),
    `system:\n${Object.entries(system)
      .map(([k, v]) => `  ${k}: "${v}"\n`)
      .join('')}`,
  )
}

test('a component that Greengrass did not start says so and is not started', async () => {
  expect(await run({})).toBeUndefined()
  expect(lines).toMatchObject([
    { level: 'error', message: expect.stringContaining('not started by Greengrass') },
  ])
})

test('a component that could not restart Greengrass says so and touches nothing', async () => {
  await configure()
  expect(await run(started(), 'win32')).toBeUndefined()
  expect(lines).toMatchObject([
    { level: 'error', message: expect.stringContaining('Deploy it to core devices on Linux') },
  ])
})

test('a component finds its identity, connects with Greengrass and asks for its next job', async () => {
  await configure()
  const component = await run(started())
  await until(() => published('$aws/things/thing/jobs/$next/get'))
  component?.stop()
  const [connected] = lines.filter(({ message }) => String(message).includes('Connected'))
  expect(connected).toMatchObject({ level: 'info', thingName: 'thing' })
  expect(exits).toEqual([])
}, 60_000)

test('a component of Nucleus Lite is told by its unit, and knows the life of its connection before it begins', async () => {
  await configure()
  const systemctl = join(root, 'systemctl')
  writeFileSync(systemctl, `#!/bin/sh\necho ${'0123456789abcdef'.repeat(2)}\n`, { mode: 0o755 })
  const unit = '0::/system.slice/ggl.aws.greengrass.labs.CertificateRotator.service\n'
  const component = await run(started(), 'linux', () => unit, systemctl)
  await until(() => published('$aws/things/thing/jobs/$next/get'))
  component?.stop()
  expect(exits).toEqual([])
}, 60_000)

test('D12: a component whose nucleus drops the connection comes back and asks on', async () => {
  await configure()
  const component = await run(started())
  await until(() => published('$aws/things/thing/jobs/$next/get'))
  nucleus.dropConnections()
  await until(() => nucleus.connections === 2)
  component?.stop()
  expect(lines.some(({ level }) => level === 'warn')).toBe(true)
}, 60_000)

test('a device without a configured identity waits for jobs all the same, to refuse them with the reason', async () => {
  const component = await run(started())
  await until(() => published('$aws/things/thing/jobs/$next/get'))
  component?.stop()
  expect(lines.some(({ message }) => String(message).includes('no certificateFilePath'))).toBe(true)
}, 60_000)

test('A6: a component with its identity in an HSM asks Greengrass how to reach it, and shows the PIN to nobody', async () => {
  const system =
    'system:\n  certificateFilePath: "pkcs11:object=device;type=cert"\n  privateKeyPath: "pkcs11:object=device;type=private"\n'
  writeFileSync(join(root, 'config', 'effectiveConfig.yaml'), system)
  const asked: unknown[] = []
  nucleus.operations.set('GetConfiguration', ({ componentName }) => {
    asked.push(componentName)
    const value = componentName === undefined ? {} : { library: '/none.so', slot: 7, userPin: 'S3CRET-PIN' }
    return { kind: 'answer', body: { value } }
  })
  const component = await run({ ...started(), SOFTHSM2_CONF: '/etc/softhsm2.conf' })
  await until(() => lines.some(({ message }) => String(message).includes('The HSM could not be opened')))
  component?.stop()
  expect(asked).toContain('aws.greengrass.crypto.Pkcs11Provider')
  expect(JSON.stringify(lines)).not.toContain('S3CRET')
}, 60_000)

test('D10: a component with a damaged journal says so and carries on', async () => {
  writeFileSync(join(root, 'work', 'component', 'journal.json'), 'torn')
  const component = await run(started())
  await until(() => published('$aws/things/thing/jobs/$next/get'))
  component?.stop()
  expect(lines.some(({ message }) => String(message).includes('set-aside-1'))).toBe(true)
}, 60_000)

test('a fault of the component ends it with an exit code that Greengrass counts as an error', () => {
  const told: string[] = []
  endOn(
    (_level, message) => void told.push(message),
    code => exits.push(code),
  )(new TypeError('bug'))
  expect(exits).toEqual([1])
  expect(told).toEqual([expect.stringContaining('bug')])
})
