import { once } from 'node:events'
import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { ProxySettings } from '../nucleus/cloud-settings.ts'

export interface Way {
  host: string
  port: number
  /** Undefined for the direct way. */
  proxy: ProxySettings | undefined
  /** The authorities that a secure proxy is trusted by, PEM; undefined for those that Node brings. */
  rootCa: string | undefined
}

/** Opens a plain connection to an endpoint, by CONNECT where a proxy is on the way. @throws where that fails */
export async function openTunnel(way: Way, signal: AbortSignal): Promise<Socket> {
  return way.proxy === undefined ? openDirectly(way, signal) : openThrough(way.proxy, way, signal)
}

async function openDirectly({ host, port }: Way, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

async function openThrough(
  { isSecure, user, ...proxy }: ProxySettings,
  { host, port, rootCa }: Way,
  signal: AbortSignal,
): Promise<Socket> {
  const authority = `${host}:${port}`
  const options = {
    ...proxy,
    method: 'CONNECT',
    path: authority,
    headers: { Host: authority, ...(user && { 'Proxy-Authorization': basic(user) }) },
    agent: false,
    signal,
  } as const
  const request = isSecure ? requestSecure({ ...options, ca: rootCa }) : requestPlain(options)
  request.end()
  return new Promise((resolve, reject) => {
    // It stays: the signal ends the request also when its socket has long been handed over.
    request.on('error', reject)
    request.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) {
        resolve(socket)
        return
      }
      socket.destroy()
      reject(new Error(`the proxy ${proxy.host}:${proxy.port} answered ${statusCode}`))
    })
  })
}

const basic = ({ name, password }: { name: string; password: string }): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
