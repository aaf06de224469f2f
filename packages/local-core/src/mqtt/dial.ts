import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { ProxySettings } from '../config/proxy-settings.ts'

/** How a connection leaves the core: through a proxy, trusted by the nucleus's root CA where it speaks TLS. */
export interface WayOut {
  readonly proxy: ProxySettings
  readonly rootCaFile: string
}

/** Connects to `host:port`, rejecting where nobody is there or the proxy does not let us through. */
export async function dial(
  { host, port }: { readonly host: string; readonly port: number },
  wayOut: WayOut | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  if (wayOut !== undefined) return dialThrough(`${host}:${port}`, wayOut, signal)
  const socket = connect(port, host)
  try {
    await once(socket, 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

async function dialThrough(
  authority: string,
  { proxy, rootCaFile }: WayOut,
  signal: AbortSignal,
): Promise<Socket> {
  const options = {
    host: proxy.host,
    port: proxy.port,
    method: 'CONNECT',
    path: authority,
    headers: {
      Host: authority,
      ...(proxy.userInfo !== undefined && {
        'Proxy-Authorization': `Basic ${Buffer.from(proxy.userInfo).toString('base64')}`,
      }),
    },
    agent: false,
    signal,
  } as const
  const request =
    proxy.scheme === 'https'
      ? httpsRequest({ ...options, ca: readFileSync(rootCaFile) })
      : httpRequest(options)
  return new Promise((resolve, reject) => {
    request.once('error', reject)
    request.once('connect', ({ statusCode }, socket, head) => {
      if (statusCode === 200) {
        // Who speaks first may be in one piece with the proxy's answer.
        socket.unshift(head)
        resolve(socket)
        return
      }
      socket.destroy()
      reject(new Error(`The proxy answered ${statusCode}.`))
    })
    request.end()
  })
}
