import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { dial, type WayOut } from './dial.ts'

/** `offline` cuts connections and refuses new ones; `silent` lets them stand and moves no byte. */
export type NetworkState = 'online' | 'offline' | 'silent'

/** The core's network cable: a local CONNECT proxy that every connection to the cloud runs through. */
export interface NetworkLink {
  readonly set: (state: NetworkState) => void
  readonly state: () => NetworkState
  /**
   * @param wayOut how connections leave the core from now on; undefined: directly
   * @returns the proxy's port on 127.0.0.1
   */
  readonly leaveBy: (wayOut: WayOut | undefined) => number
  readonly close: () => Promise<void>
}

export async function openNetworkLink(): Promise<NetworkLink> {
  let state: NetworkState = 'online'
  let presentWayOut: WayOut | undefined
  const closing = new AbortController()
  const pairs = new Set<readonly [Socket, Socket]>()
  const server = createServer((_request, response) => response.writeHead(405).end())
  server.on('connect', (request: { url?: string }, downstream: Socket) => {
    downstream.on('error', () => downstream.destroy())
    if (state === 'offline') {
      downstream.destroy()
      return
    }
    const { hostname, port } = new URL(`tcp://${request.url ?? ''}`)
    const target = { host: hostname.replaceAll(/^\[|\]$/g, ''), port: Number(port) }
    dial(target, presentWayOut, closing.signal).then(
      upstream => lead([downstream, upstream]),
      () => downstream.destroy(),
    )
  })
  const lead = (pair: readonly [Socket, Socket]) => {
    pairs.add(pair)
    join(pair, () => pairs.delete(pair))
    if (state === 'offline' || pair[0].destroyed) {
      cut(pair)
      return
    }
    pair[0].write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (state === 'silent') silence(pair)
  }
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    state: () => state,
    set: next => {
      state = next
      for (const pair of pairs) {
        if (next === 'silent') silence(pair)
        else if (next === 'offline') cut(pair)
        else for (const socket of pair) socket.resume()
      }
    },
    leaveBy: wayOut => {
      presentWayOut = wayOut
      return port
    },
    close: () =>
      new Promise(resolve => {
        closing.abort()
        server.close(() => resolve())
        server.closeAllConnections()
        for (const pair of pairs) cut(pair)
      }),
  }
}

function join(pair: readonly [Socket, Socket], ended: () => void): void {
  const [downstream, upstream] = pair
  downstream.on('data', chunk => upstream.write(chunk))
  upstream.on('data', chunk => downstream.write(chunk))
  downstream.setNoDelay(true)
  upstream.setNoDelay(true)
  for (const [one, other] of [pair, [upstream, downstream] as const]) {
    one.on('error', () => other.destroy())
    one.once('end', () => other.end())
    one.once('close', () => {
      other.destroy()
      ended()
    })
  }
}

function silence(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) socket.pause()
}

function cut(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) socket.destroy()
}
