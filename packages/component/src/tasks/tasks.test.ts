import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { thingNameSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeFileSystem } from '../identities/files/node-file-system.ts'
import { toWire } from '../identities/pkcs11/token-settings.ts'
import { unusableStore } from '../identities/unusable-store.ts'
import { childProbe } from '../probe/child-probe.ts'
import { Secret } from '../secret.ts'
import { FakeTimers } from '../testing/fake-timers.ts'
import { FakeToken } from '../testing/fake-token.ts'
import { algorithms, execution, prepare } from '../testing/identity-store-contract.ts'
import { SimulatedDisk } from '../testing/simulated-disk.ts'
import { TestAuthority, type TestIdentity } from '../testing/test-authority.ts'
import { systemTimers } from '../timers.ts'
import { askOnFiles } from './ask-child.ts'
import { begin } from './begin.ts'
import { childIdentityStore } from './child-identity-store.ts'
import { performTask, type TaskHost } from './perform-task.ts'
import { runTask } from './run-task.ts'
import { runAsTask } from './task-entry.ts'
import type { TaskName, TaskRequest } from './task-protocol.ts'

const program = fileURLToPath(new URL('../main.ts', import.meta.url))
const runner = { node: process.execPath, program, timers: systemTimers, timeoutMs: 60_000 }
const authority = new TestAuthority()
const token = new FakeToken()
const onDisk: TaskHost = { fs: nodeFileSystem, loadToken: async () => token.open }
let folder: string
let identity: TestIdentity

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tasks-'))
  identity = await authority.identity()
  writeFileSync(join(folder, 'c.pem'), identity.certificatePem)
  writeFileSync(join(folder, 'k.pem'), identity.keyPem)
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

const paths = () => ({ certificatePath: join(folder, 'c.pem'), keyPath: join(folder, 'k.pem') })

describe('tasks in a child', () => {
  test('A6: a rotation of the files by real children, which get no environment and no key', async () => {
    const store = childIdentityStore(askOnFiles(runner, paths()), folder)
    const ids = await prepare(store, async csr => authority.issue(csr))
    await store.place({ current: ids.new, previous: ids.old })
    await store.drop()
    expect(await store.find()).toMatchObject({ current: ids.new, previous: null, execution })
  }, 60_000)

  test("a refusal comes back as the store's own; a child that fails has its own words", async () => {
    const missing = childIdentityStore(
      askOnFiles(runner, { ...paths(), keyPath: join(folder, 'none') }),
      folder,
    )
    expect(await missing.makePending(execution, algorithms, Date.now())).toMatchObject({
      kind: 'pending-not-made',
      code: 'IDENTITY_UNUSABLE',
    })
    await expect(missing.drop()).rejects.toMatchObject({ code: 'IDENTITY_UNUSABLE' })
    const broken = join(folder, 'broken.mjs')
    writeFileSync(broken, "process.stderr.write('out of order'); process.exit(3)")
    const failing = childIdentityStore(askOnFiles({ ...runner, program: broken }, paths()), folder)
    await expect(failing.find()).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringMatching(/for find failed: exit code 3 out of order/u),
    })
    expect(await failing.makePending(execution, algorithms, Date.now())).toMatchObject({
      code: 'KEY_GENERATION_FAILED',
    })
    // More than a pipe holds, so that writing it fails when the child is gone.
    const long = failing.checkCertificate('' as never, 'x'.repeat(4_000_000), 0)
    await expect(long).rejects.toThrow(/exit code 3/u)
  }, 60_000)

  test('a child that hangs is killed after the timeout', async () => {
    const hanging = join(folder, 'hanging.mjs')
    writeFileSync(hanging, 'setInterval(() => {}, 1000)')
    const timers = new FakeTimers()
    const task = runTask({ ...runner, program: hanging, timers, timeoutMs: 1000 }, 'find', {
      paths: paths(),
      workFolder: folder,
    })
    while (timers.pending().length === 0) await new Promise(resolve => setImmediate(resolve))
    timers.advance(1000)
    await expect(task).rejects.toThrow('SIGKILL')
  })

  test('a program, or a Node, that is not there says so', async () => {
    const task = runTask({ ...runner, program: join(folder, 'none.mjs') }, 'find', {
      paths: paths(),
      workFolder: folder,
    })
    await expect(task).rejects.toThrow(/exit code 1/u)
    const without = runTask({ ...runner, node: join(folder, 'node') }, 'find', {
      paths: paths(),
      workFolder: folder,
    })
    await expect(without).rejects.toThrow(/ENOENT/u)
  })

  test('D3: the first child of a process is started until it can be, since three ends would be the last', async () => {
    const timers = new FakeTimers()
    const told: string[] = []
    const late = join(folder, 'late.mjs')
    const request = { root: folder, authToken: 'TOKEN' }
    const begun = begin({ ...runner, program: late, timers }, request, (_level, text) => void told.push(text))
    const isToldAndWaiting = () => told.length === 1 && timers.pending().length === 1
    while (!isToldAndWaiting()) await new Promise(resolve => setImmediate(resolve))
    const answer = { location: { ok: false, problem: 'none' }, service: 'digest' }
    writeFileSync(late, `process.stdout.write('${JSON.stringify({ ok: true, answer })}')`)
    timers.advance(10_000)
    expect(await begun).toEqual(answer)
    expect(told).toEqual([expect.stringContaining('helper process for begin failed')])
    expect(told.join('')).not.toContain('TOKEN')
  }, 60_000)

  test('D3: a child that Node cannot even try to start is a failure of the store, and no crash', async () => {
    const spawning = runTask({ ...runner, node: join(folder, 'c.pem', 'node') }, 'find', {
      paths: paths(),
      workFolder: folder,
    })
    await expect(spawning).rejects.toMatchObject({
      name: 'StoreError',
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('ENOTDIR'),
    })
  })
})

describe('the child', () => {
  const entry = async (name: string, feed: (input: PassThrough) => void) => {
    const input = new PassThrough()
    const written: string[] = []
    const ended = new Promise<number>(resolve => {
      void runAsTask(name, { input, write: text => written.push(text), exit: resolve })
    })
    feed(input)
    return { code: await ended, written }
  }

  test('answers one request, also one that comes in pieces, and ends', async () => {
    mkdirSync(join(folder, 'config'))
    const request = JSON.stringify({ root: folder, authToken: 'TOKEN' })
    const { code, written } = await entry('begin', input => {
      input.write(request.slice(0, 10))
      input.write(`${request.slice(10)}\n`)
    })
    expect(code).toBe(0)
    expect(JSON.parse(written.join(''))).toMatchObject({
      ok: true,
      answer: {
        location: { ok: false, problem: expect.stringContaining('certificateFilePath') },
        service: createHash('sha256').update('TOKEN').digest('hex'),
      },
    })
    expect(written.join('')).not.toContain('TOKEN"')
  })

  test('loads the way to a token for an order that needs it, and says which file it lacks', async () => {
    const settings = { label: 'device', library: '/none/library.so', slot: 7, userPin: new Secret('1234') }
    const { code, written } = await entry('find', input => {
      input.write(`${JSON.stringify({ token: toWire(settings), workFolder: folder })}\n`)
    })
    expect(code).toBe(0)
    expect(JSON.parse(written.join(''))).toEqual({
      ok: false,
      message: expect.stringMatching(
        /NO_BINDING, .*\.node: cannot open.*\. The component reaches HSMs on Linux/u,
      ),
      failure: { code: 'HSM_FAILED', lookAgain: false },
    })
  })

  test('D1: ends when its parent is gone, so that two never work on the same files', async () => {
    expect(await entry('find', input => input.end())).toEqual({ code: 1, written: [] })
  })

  test('performs every order to the store on the files', async () => {
    const perform = async <N extends TaskName>(name: N, request: Omit<TaskRequest<N>, 'paths'>) => {
      const reply = await performTask(onDisk, name, JSON.stringify({ paths: paths(), ...request }))
      if (!reply.ok) throw new Error(reply.message)
      return reply.answer
    }
    const made = await perform('make-pending', { execution, algorithms, now: Date.now() })
    const csrDigest = made.kind === 'pending-made' ? made.csrDigest : ('' as never)
    const { csr = '' } = await perform('pending-csr', { csrDigest })
    const certificatePem = await authority.issue(csr)
    const check = await perform('check-certificate', { csrDigest, certificatePem, now: Date.now() })
    const current = check.kind === 'certificate-usable' ? check.certificateId : ('' as never)
    expect(await perform('place', { current, previous: identity.certificateId })).toBeNull()
    expect(await perform('find', { workFolder: folder })).toMatchObject({
      current,
      previous: identity.certificateId,
    })
    expect(await perform('drop', {})).toBeNull()
    const thingName = v.parse(thingNameSchema, 'thing')
    expect(await perform('probe', { root: folder, thingName, slot: 'current' })).toMatchObject({
      mqtt: { outcome: 'impossible' },
    })
    expect(await perform('find', { workFolder: folder })).toMatchObject({ current, previous: null })
  })

  test('tells a failure of the store from one of its own', async () => {
    const request = JSON.stringify({ paths: { certificatePath: '/c', keyPath: '/k' } })
    expect(await performTask({ ...onDisk, fs: new SimulatedDisk() }, 'drop', request)).toMatchObject({
      ok: false,
      failure: { code: 'IDENTITY_UNUSABLE', lookAgain: false },
    })
    expect(await performTask(onDisk, 'drop', 'garbage')).toEqual({
      ok: false,
      message: expect.any(String),
    })
  })
})

test('an identity that cannot be located makes every job fail with that reason, and touches nothing', async () => {
  const store = unusableStore('It is in an HSM.')
  expect(await store.find()).toMatchObject({ current: null, remark: 'It is in an HSM.' })
  expect(await store.makePending(execution, algorithms, Date.now())).toEqual({
    kind: 'pending-not-made',
    code: 'IDENTITY_UNUSABLE',
    reason: 'It is in an HSM.',
  })
  expect(await store.pendingCsr('' as never)).toBeUndefined()
  await expect(store.place({ current: '' as never, previous: '' as never })).rejects.toThrow('HSM')
  await expect(store.drop()).resolves.toBeUndefined()
})

test('a probe is a task: the child finds out by itself how Greengrass reaches the cloud', async () => {
  const told: string[] = []
  const target = { root: folder, thingName: v.parse(thingNameSchema, 'thing'), paths: paths() }
  const log = (_level: string, text: string) => void told.push(text)
  expect(await childProbe(runner, target, log).try('current')).toBe('impossible')
  expect(told).toEqual([expect.stringContaining('no iotDataEndpoint')])
  const without = { ...runner, program: join(folder, 'none.mjs') }
  expect(await childProbe(without, target, log).try('current')).toBe('unreachable')
}, 60_000)
