import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { startFrontDoor } from '../testing/front-door.ts'
import { listen } from './listen.ts'

describe('a listener', () => {
  test('stops at once, also with connections that never finished their handshake', async () => {
    const door = await startFrontDoor()
    const sockets = [door.mqttPort, door.httpsPort].map(port => connect(port, '127.0.0.1'))
    for (const socket of sockets) socket.on('error', () => undefined)
    await Promise.all(sockets.map(socket => once(socket, 'connect')))
    const closed = Promise.all(sockets.map(socket => once(socket, 'close')))
    await door.stop()
    await closed
    const late = connect(door.mqttPort, '127.0.0.1')
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })

  test('says when its port is taken', async () => {
    const first = await listen(createServer(), 0)
    await expect(listen(createServer(), first.port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await first.stop()
  })
})
