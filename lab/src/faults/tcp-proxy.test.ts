import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { test as plainTest, vi } from 'vitest'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

interface Net {
  proxy: TcpProxy
  /** A connection through the proxy, from both ends. */
  connect(): Promise<{ device: Socket; cloud: Socket }>
}

const test = plainTest.extend('net', async ({}, { onCleanup }): Promise<Net> => {
  const sockets: Socket[] = []
  const arrived: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => undefined)
    arrived.push(socket)
    server.emit('arrived')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const proxy = await startTcpProxy({ host: 'localhost', port: address.port })
  onCleanup(async () => {
    await proxy.stop()
    for (const socket of [...sockets, ...arrived]) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return {
    proxy,
    connect: async () => {
      const device = createConnection(proxy.endpoint)
      device.on('error', () => undefined)
      sockets.push(device)
      const arrival = once(server, 'arrived')
      await once(device, 'connect')
      await arrival
      const cloud = arrived.at(-1)
      if (cloud === undefined) throw new Error('nobody arrived')
      return { device, cloud }
    },
  }
})

/** However it ends; events.once would take the error of a reset for its own. */
const closed = (socket: Socket): Promise<void> =>
  new Promise(resolve => socket.once('close', () => resolve()))

const next = async (socket: Socket): Promise<string> => {
  const [data] = (await once(socket, 'data')) as [Buffer]
  return data.toString()
}

test('an open network hands everything on, in both directions, to its end', async ({ net, expect }) => {
  const { device, cloud } = await net.connect()
  device.end('question')
  expect((await buffer(cloud)).toString()).toBe('question')
  cloud.end('answer')
  expect((await buffer(device)).toString()).toBe('answer')
  expect(net.proxy.counts).toEqual({ accepted: 1, refused: 0, cut: 0, delayed: 0, lost: 0 })
})

test('a cut ends what is open at both ends, and the next connection gets through', async ({
  net,
  expect,
}) => {
  const { device, cloud } = await net.connect()
  const ended = [closed(device), closed(cloud)]
  net.proxy.cut()
  await Promise.all(ended)
  expect(net.proxy.counts.cut).toBe(1)
  const again = await net.connect()
  again.device.write('hello')
  expect(await next(again.cloud)).toBe('hello')
})

test('a network that refuses resets whoever connects, until it is open again', async ({ net, expect }) => {
  const { device } = await net.connect()
  const ending = closed(device)
  net.proxy.weather({ kind: 'refused' })
  await ending
  const refused = createConnection(net.proxy.endpoint)
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNRESET')
  expect(net.proxy.counts).toMatchObject({ cut: 1, refused: 1 })
  net.proxy.weather({ kind: 'open' })
  const { device: back, cloud } = await net.connect()
  back.write('back')
  expect(await next(cloud)).toBe('back')
})

test('a slow network delays and keeps the order, also when it clears up meanwhile', async ({
  net,
  expect,
}) => {
  const { device, cloud } = await net.connect()
  net.proxy.weather({ kind: 'slow', delayMs: 60 })
  const startMs = performance.now()
  device.write('a')
  await vi.waitUntil(() => net.proxy.counts.delayed === 1)
  net.proxy.weather({ kind: 'open' })
  device.end('b')
  expect((await buffer(cloud)).toString()).toBe('ab')
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(59)
})

test('a narrow network takes its time for each byte', async ({ net, expect }) => {
  const { device, cloud } = await net.connect()
  net.proxy.weather({ kind: 'slow', delayMs: 0, bytesPerSecond: 10_000 })
  const startMs = performance.now()
  device.end(Buffer.alloc(500))
  expect(await buffer(cloud)).toHaveLength(500)
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(49)
})

test('a black hole tells nobody, and what lost bytes in it is cut when it is gone', async ({
  net,
  expect,
}) => {
  const { device, cloud } = await net.connect()
  const heard: string[] = []
  cloud.on('data', data => heard.push(data.toString()))
  net.proxy.weather({ kind: 'black-hole' })
  device.write('lost')
  await vi.waitUntil(() => net.proxy.counts.lost === 1)
  expect([heard, device.closed, cloud.closed]).toEqual([[], false, false])
  const ending = closed(device)
  net.proxy.weather({ kind: 'open' })
  await ending
  expect(heard).toEqual([])
})

test('of a half-open connection one direction alone is lost', async ({ net, expect }) => {
  const { device, cloud } = await net.connect()
  net.proxy.weather({ kind: 'black-hole', only: 'to-device' })
  cloud.write('lost')
  device.write('heard')
  expect(await next(cloud)).toBe('heard')
  await vi.waitUntil(() => net.proxy.counts.lost === 1)
})

test('a connection that is quiet in a black hole lives on after it', async ({ net, expect }) => {
  const { device, cloud } = await net.connect()
  net.proxy.weather({ kind: 'black-hole' })
  net.proxy.weather({ kind: 'open' })
  device.write('still here')
  expect(await next(cloud)).toBe('still here')
})
