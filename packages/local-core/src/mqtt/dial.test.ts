import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/core-process.ts'
import { basic, startFakeProxy } from '../testing/fake-proxy.ts'
import { createTestAuthority } from '../testing/test-certificates.ts'
import { dial } from './dial.ts'

let server: Server
let target: { host: string; port: number }
const { signal } = new AbortController()

beforeAll(async () => {
  server = createServer(socket => socket.end('hello'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  target = { host: 'localhost', port: (server.address() as AddressInfo).port }
})

afterAll(async () => {
  server.close()
  await once(server, 'close')
})

async function greeting(wayOut?: Parameters<typeof dial>[1]): Promise<string> {
  const socket = await dial(target, wayOut, signal)
  const [piece] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return piece.toString()
}

describe('a connection that leaves the core', () => {
  test('is direct where no proxy is configured', async () => {
    expect(await greeting()).toBe('hello')
  })

  test('says user and password to the proxy', async () => {
    const proxy = await startFakeProxy()
    const settings = { scheme: 'http', host: '127.0.0.1', port: proxy.port, userInfo: 'me:sesame' } as const
    expect(await greeting({ proxy: settings, rootCaFile: '' })).toBe('hello')
    expect(proxy.asked).toEqual([
      { authority: `localhost:${target.port}`, authorization: basic('me:sesame') },
    ])
    await proxy.stop()
  })

  test('trusts a proxy that speaks TLS by the root CA of the nucleus', async () => {
    const folder = temporaryFolder()
    mkdirSync(folder, { recursive: true })
    const authority = await createTestAuthority()
    const { certificatePem, privateKeyPem } = await authority.issue('localhost')
    writeFileSync(join(folder, 'ca.pem'), authority.caPem)
    const proxy = await startFakeProxy({ identity: { cert: certificatePem, key: privateKeyPem } })
    const settings = { scheme: 'https', host: 'localhost', port: proxy.port } as const
    expect(await greeting({ proxy: settings, rootCaFile: join(folder, 'ca.pem') })).toBe('hello')
    await proxy.stop()
    rmSync(folder, { recursive: true })
  })

  test('does not come about where the proxy refuses or nobody is there', async () => {
    const proxy = await startFakeProxy({ status: 407 })
    const settings = { scheme: 'http', host: '127.0.0.1', port: proxy.port } as const
    await expect(greeting({ proxy: settings, rootCaFile: '' })).rejects.toThrow('answered 407')
    await proxy.stop()
    await expect(greeting({ proxy: settings, rootCaFile: '' })).rejects.toThrow('ECONNREFUSED')
    await expect(dial({ host: '127.0.0.1', port: proxy.port }, undefined, signal)).rejects.toThrow(
      'ECONNREFUSED',
    )
  })
})
