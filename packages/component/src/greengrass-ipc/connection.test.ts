import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../secret.ts'
import { FakeNucleus } from '../testing/fake-nucleus.ts'
import { FakeTimers } from '../testing/fake-timers.ts'
import { type IpcConnection, openConnection } from './connection.ts'
import { encodeFrame } from './event-stream.ts'

let nucleus: FakeNucleus
let timers: FakeTimers
const opened: IpcConnection[] = []

beforeEach(async () => {
  nucleus = new FakeNucleus()
  timers = new FakeTimers()
  await nucleus.start()
})

afterEach(async () => {
  for (const connection of opened.splice(0)) connection.close()
  await nucleus.stop()
})

async function open(token = nucleus.token, socketPath = nucleus.socketPath): Promise<IpcConnection> {
  const connection = await openConnection({
    socketPath,
    authToken: new Secret(token),
    timers,
    callTimeoutMs: 30_000,
  })
  opened.push(connection)
  return connection
}

/** Lets what the sockets have to say arrive. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

describe('a connection to the nucleus', () => {
  test('introduces itself as the AWS clients do', async () => {
    await open()
    expect(nucleus.received[0]).toEqual({
      headers: { ':message-type': 4, ':message-flags': 0, ':stream-id': 0, ':version': '0.1.0' },
      payload: Buffer.from('{"authToken":"S3CRET-TOKEN"}'),
    })
    expect(timers.pending()).toEqual([])
  })

  test('works over a socket path of more than 108 characters, given relative to the working directory', async () => {
    const root = join(dirname(nucleus.socketPath), 'long'.repeat(30))
    const workFolder = join(root, 'work', 'component')
    mkdirSync(workFolder, { recursive: true })
    renameSync(nucleus.socketPath, join(root, 'ipc.socket'))
    await expect(open(nucleus.token, join(root, 'ipc.socket'))).rejects.toThrow()
    const before = process.cwd()
    process.chdir(workFolder)
    try {
      await open(nucleus.token, '../../ipc.socket')
    } finally {
      process.chdir(before)
    }
    expect(nucleus.connections).toBe(1)
  })

  test('a refused token is told from a lost connection, and is not shown', async () => {
    const refusal = await open('WRONG-TOKEN').catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'IPC_REFUSED' })
    expect(String(refusal)).not.toContain('WRONG-TOKEN')
    nucleus.greet = 'close'
    await expect(open()).rejects.toMatchObject({ code: 'IPC_DISCONNECTED' })
  })

  test('a socket that is not there says so', async () => {
    await expect(open(nucleus.token, `${nucleus.socketPath}-missing`)).rejects.toMatchObject({
      code: 'IPC_DISCONNECTED',
      message: expect.stringContaining('check that Greengrass runs'),
    })
  })

  test('D12: a nucleus that does not greet is left after the timeout', async () => {
    nucleus.greet = 'silence'
    const opening = open()
    await until(() => nucleus.received.length === 1)
    timers.advance(30_000)
    await expect(opening).rejects.toMatchObject({ code: 'IPC_TIMEOUT' })
  })

  test('matches answers to requests by stream, in whatever order they come', async () => {
    nucleus.operations.set('GetConfiguration', () => ({ kind: 'silence' }))
    const connection = await open()
    const first = connection.call('GetConfiguration', {})
    const second = connection.call('GetConfiguration', {})
    await until(() => nucleus.streams.length === 2)
    nucleus.streams[1]?.send({ value: 'second' })
    nucleus.streams[0]?.send({ value: 'first' })
    await expect(first).resolves.toEqual({ value: 'first' })
    await expect(second).resolves.toEqual({ value: 'second' })
    expect(timers.pending()).toEqual([])
  })

  test('hands on every event of a subscription, and answers pings', async () => {
    nucleus.operations.set('SubscribeToIoTCore', () => ({ kind: 'answer', body: {} }))
    const connection = await open()
    const events: unknown[] = []
    await connection.call('SubscribeToIoTCore', { topicName: 't' }, event => events.push(event))
    nucleus.streams[0]?.send({ n: 1 })
    nucleus.streams[0]?.send({ n: 2 })
    const ping = { ':message-type': 2, ':message-flags': 0, ':stream-id': 0 }
    nucleus.sendRaw(encodeFrame({ headers: ping, payload: Buffer.from('echo') }))
    await until(() => nucleus.received.length === 3)
    expect(events).toEqual([{ n: 1 }, { n: 2 }])
    expect(nucleus.received[2]).toEqual({
      headers: { ':message-type': 3, ':message-flags': 0, ':stream-id': 0 },
      payload: Buffer.from('echo'),
    })
  })

  test.each([
    ['{"_message":"No.","_errorCode":"UnauthorizedError"}', 'UnauthorizedError', /: No\. The accessControl/u],
    ['{"error":"Unsupported Operation"}', 'an unnamed error', /Unsupported Operation/u],
    ['{}', 'an unnamed error', /with an unnamed error\./u],
    ['{"_errorCode":""}', 'an unnamed error', /with an unnamed error\./u],
    ['InternalServerError', 'InternalServerError', /with InternalServerError\./u],
    ['', 'an unnamed error', /with an unnamed error\./u],
  ])('the error %s says what happened', async (body, serviceCode, message) => {
    nucleus.operations.set('PublishToIoTCore', () => ({ kind: 'error', body }))
    const connection = await open()
    await expect(connection.call('PublishToIoTCore', {})).rejects.toMatchObject({
      code: 'IPC_SERVICE_ERROR',
      serviceCode,
      message: expect.stringMatching(message),
    })
  })

  test('D12: a request without an answer times out, its stream is closed, and a late answer is dropped', async () => {
    nucleus.operations.set('GetConfiguration', () => ({ kind: 'silence' }))
    const connection = await open()
    const call = connection.call('GetConfiguration', {})
    await until(() => nucleus.streams.length === 1)
    timers.advance(30_000)
    await expect(call).rejects.toMatchObject({ code: 'IPC_TIMEOUT' })
    await until(() => nucleus.received.length === 3)
    expect(nucleus.received[2]?.headers).toEqual({ ':message-type': 0, ':message-flags': 2, ':stream-id': 1 })
    nucleus.streams[0]?.send({ late: true })
    nucleus.sendRaw(
      encodeFrame({ headers: { ':message-type': 1, ':stream-id': 1 }, payload: Buffer.from('late') }),
    )
    nucleus.operations.set('GetConfiguration', () => ({ kind: 'answer', body: { value: 1 }, flags: 2 }))
    await expect(connection.call('GetConfiguration', {})).resolves.toEqual({ value: 1 })
  })

  test('D12: a connection that drops fails every request under way at once', async () => {
    nucleus.operations.set('GetConfiguration', () => ({ kind: 'silence' }))
    const connection = await open()
    const call = connection.call('GetConfiguration', {})
    await until(() => nucleus.streams.length === 1)
    nucleus.dropConnections()
    await expect(call).rejects.toMatchObject({ code: 'IPC_DISCONNECTED' })
    await expect(connection.ended).resolves.toMatchObject({ code: 'IPC_DISCONNECTED' })
    await expect(connection.call('GetConfiguration', {})).rejects.toMatchObject({ code: 'IPC_DISCONNECTED' })
    expect(timers.pending()).toEqual([])
  })

  test.each([
    ['closes the stream', (n: FakeNucleus) => n.streams[0]?.end()],
    [
      'reports an error on the stream',
      (n: FakeNucleus) =>
        n.sendRaw(
          encodeFrame({ headers: { ':message-type': 1, ':stream-id': 1 }, payload: Buffer.from('gone') }),
        ),
    ],
    ['sends garbage', (n: FakeNucleus) => n.sendRaw(Buffer.from('this is no event stream'))],
    [
      'sends an event that is not JSON',
      (n: FakeNucleus) =>
        n.sendRaw(
          encodeFrame({ headers: { ':message-type': 0, ':stream-id': 1 }, payload: Buffer.from('{') }),
        ),
    ],
    [
      'reports a protocol error',
      (n: FakeNucleus) =>
        n.sendRaw(encodeFrame({ headers: { ':message-type': 6 }, payload: Buffer.from('confused') })),
    ],
  ])('D12: a nucleus that %s ends the connection, so that all is subscribed again', async (_name, act) => {
    nucleus.operations.set('SubscribeToIoTCore', () => ({ kind: 'answer', body: {} }))
    const connection = await open()
    await connection.call('SubscribeToIoTCore', {}, () => {})
    act(nucleus)
    await expect(connection.ended).resolves.toMatchObject({ code: 'IPC_DISCONNECTED' })
  })
})
