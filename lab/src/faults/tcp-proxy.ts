import { createConnection, createServer, type Socket } from 'node:net'
import { type Lane, lane } from './lane.ts'
import { open, type Weather } from './weather.ts'

/** A stretch of network between a device and the cloud, whose weather a test makes. */
export interface TcpProxy {
  /** What a device is configured with in place of the cloud's own endpoint. */
  readonly endpoint: { host: string; port: number }
  /** What happened to connections and bytes since the start. */
  readonly counts: Readonly<ProxyCounts>
  readonly connections: number
  /** Holds for connections that are open, and for those to come. Connections that lost bytes end when it clears up. */
  weather(next: Weather): void
  /** Cuts every connection now (RST), whatever the weather; new ones may come. */
  cut(): void
  /** Leaves no connection, timer or port behind. */
  stop(): Promise<void>
}

export interface ProxyCounts {
  accepted: number
  /** Connections that were reset at once, because nothing was let through. */
  refused: number
  /** Connections that were cut while they were open. */
  cut: number
  /** Pieces of data that arrived late, and that never arrived. */
  delayed: number
  lost: number
}

interface Pair {
  device: Socket
  cloud: Socket
  lanes: Lane[]
}

/** Listens on 127.0.0.1, on a free port. */
export async function startTcpProxy(cloud: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  const counts: ProxyCounts = { accepted: 0, refused: 0, cut: 0, delayed: 0, lost: 0 }
  let present: Weather = open
  const end = (pair: Pair) => {
    pairs.delete(pair)
    for (const { stop } of pair.lanes) stop()
    pair.device.resetAndDestroy()
    pair.cloud.resetAndDestroy()
  }
  const cutAll = (which: (pair: Pair) => boolean) => {
    for (const pair of [...pairs].filter(which)) {
      counts.cut += 1
      end(pair)
    }
  }
  const accept = (device: Socket) => {
    if (present.kind === 'refused') {
      counts.refused += 1
      device.on('error', ignore)
      device.resetAndDestroy()
      return
    }
    counts.accepted += 1
    const pair: Pair = { device, cloud: createConnection({ ...cloud, allowHalfOpen: true }), lanes: [] }
    const shared = { weather: () => present, counts }
    pair.lanes.push(
      lane({ ...shared, from: pair.device, to: pair.cloud, direction: 'to-cloud' }),
      lane({ ...shared, from: pair.cloud, to: pair.device, direction: 'to-device' }),
    )
    pairs.add(pair)
    for (const socket of [pair.device, pair.cloud]) {
      socket.setNoDelay(true)
      socket.on('error', () => end(pair))
      socket.on('close', hadError => {
        if (hadError || (pair.device.closed && pair.cloud.closed)) end(pair)
      })
    }
  }
  const server = createServer({ allowHalfOpen: true }, accept)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy listens on no port.')
  return {
    endpoint: { host: cloud.host, port: address.port },
    counts,
    get connections() {
      return pairs.size
    },
    weather(next) {
      present = next
      if (next.kind === 'refused') cutAll(() => true)
      // What lost bytes is no stream any more: the next piece would be garbage to whoever reads it.
      if (next.kind !== 'black-hole') cutAll(pair => pair.lanes.some(({ hasLost }) => hasLost()))
    },
    cut: () => cutAll(() => true),
    async stop() {
      for (const pair of pairs) end(pair)
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const ignore = (): void => undefined
