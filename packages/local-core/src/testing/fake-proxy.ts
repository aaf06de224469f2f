import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** A CONNECT proxy that lets everybody through, or answers with a status. */
export interface FakeProxy {
  readonly port: number
  readonly asked: { readonly authority: string; readonly authorization: string | undefined }[]
  readonly stop: () => Promise<void>
}

export const basic = (userInfo: string): string => `Basic ${Buffer.from(userInfo).toString('base64')}`

export async function startFakeProxy(
  options: {
    readonly status?: number
    readonly identity?: { readonly cert: string; readonly key: string }
  } = {},
): Promise<FakeProxy> {
  const asked: FakeProxy['asked'] = []
  const sockets = new Set<Socket>()
  const server = options.identity === undefined ? createServer() : createHttpsServer(options.identity)
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', ({ url = '', headers }: IncomingMessage, client: Socket) => {
    client.on('error', () => client.destroy())
    asked.push({ authority: url, authorization: headers['proxy-authorization'] })
    if (options.status !== undefined) {
      client.end(`HTTP/1.1 ${options.status} No\r\n\r\n`)
      return
    }
    const [host = '', port] = url.split(':')
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(target).pipe(client)
    })
    sockets.add(target)
    target.on('error', () => client.destroy())
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
