import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'

/** A web proxy of a company network: everything leaves through it, by CONNECT, and it wants to know who asks. */
export interface ConnectProxy {
  readonly url: string
  /** How often each `host:port` was let through. */
  readonly tunnels: ReadonlyMap<string, number>
  /** How often somebody was sent away for a wrong name or password. */
  readonly sentAway: number
  stop(): Promise<void>
}

/**
 * Listens on 127.0.0.1, on a free port.
 *
 * @param userInfo `name:password`
 * @param places where a `host:port` really is on this machine, such as port 443 of the cloud
 */
export async function startConnectProxy(
  userInfo: string,
  places: Readonly<Record<string, number>>,
): Promise<ConnectProxy> {
  const tunnels = new Map<string, number>()
  const sockets = new Set<Socket>()
  const wanted = `Basic ${Buffer.from(userInfo).toString('base64')}`
  let sentAway = 0
  const server = createServer((_request, response) => response.writeHead(405).end())
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', ({ url = '', headers }: IncomingMessage, client: Socket) => {
    client.on('error', () => client.destroy())
    const port = places[url]
    if (headers['proxy-authorization'] !== wanted) {
      sentAway += 1
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    } else if (port === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    } else {
      tunnels.set(url, (tunnels.get(url) ?? 0) + 1)
      sockets.add(tunnel(client, port))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy listens on no port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    tunnels,
    get sentAway() {
      return sentAway
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function tunnel(client: Socket, port: number): Socket {
  const target = connect(port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    client.pipe(target).pipe(client)
  })
  target.on('error', () => client.destroy())
  client.on('close', () => target.destroy())
  return target
}
