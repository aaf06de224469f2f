import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import { listenLocally } from './listen-locally.ts'

export interface FakeProxy {
  readonly port: number
  /** `host:port` and the credentials of each CONNECT. */
  readonly asked: { authority: string | undefined; authorization: string | undefined }[]
  stop(): Promise<void>
}

/** A CONNECT proxy that leads everything to one port of this machine, or answers with a status instead. */
export async function startFakeProxy(
  leadsTo: { port: number } | { status: number },
  identity?: { cert: string; key: string },
): Promise<FakeProxy> {
  const asked: FakeProxy['asked'] = []
  const server = identity === undefined ? createServer() : createSecureServer(identity)
  server.on('connect', ({ url, headers }: IncomingMessage, client: Socket) => {
    client.on('error', () => {})
    asked.push({ authority: url, authorization: headers['proxy-authorization'] })
    if ('status' in leadsTo) {
      client.end(`HTTP/1.1 ${leadsTo.status} No\r\n\r\n`)
      return
    }
    const target = connect(leadsTo.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(target).pipe(client)
    })
    target.on('error', () => client.destroy())
    client.on('close', () => target.destroy())
  })
  return { ...(await listenLocally(server)), asked }
}
