import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import type { Timers } from '../timers.ts'
import type { Finding } from './finding.ts'
import { findingOf, type Stage } from './refusal.ts'
import { openTunnel, type Way } from './tunnel.ts'

/** A certificate and its private key, PEM. */
export interface KeyPair {
  cert: string
  key: string
}

export interface ChannelOptions extends Way {
  identity: KeyPair
  /** Application protocols offered by ALPN. */
  protocols: string[]
  timers: Timers
  timeoutMs: number
}

/**
 * Connects to an endpoint by mutual TLS and asks it something; nothing of it is left open afterwards.
 *
 * @param ask what its answer means; what it throws is judged as what the connection threw
 */
export async function throughChannel(
  options: ChannelOptions,
  ask: (socket: TLSSocket, signal: AbortSignal) => Promise<Finding>,
): Promise<Finding> {
  const timeout = new AbortController()
  const cancel = options.timers.after(options.timeoutMs, () => {
    timeout.abort()
  })
  let stage: Stage = 'reach'
  let tunnel: Socket | undefined
  let receivedBefore = 0
  try {
    tunnel = await openTunnel(options, timeout.signal)
    receivedBefore = tunnel.bytesRead
    stage = 'handshake'
    const socket = await secure(tunnel, options, timeout.signal)
    stage = 'asked'
    return await ask(socket, timeout.signal)
  } catch (error) {
    return findingOf(error, stage, tunnel !== undefined && tunnel.bytesRead > receivedBefore)
  } finally {
    cancel()
    tunnel?.destroy()
  }
}

async function secure(
  tunnel: Socket,
  { host, identity, rootCa, protocols }: ChannelOptions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const socket = connect({
    socket: tunnel,
    host,
    servername: host,
    ...identity,
    ca: rootCa,
    minVersion: 'TLSv1.2',
    ALPNProtocols: protocols,
  })
  // An error may come while nobody waits for one; whoever waits next is told it all the same.
  socket.on('error', () => {})
  signal.addEventListener('abort', () =>
    socket.destroy(Object.assign(new Error('timed out'), { code: 'ABORT_ERR' })),
  )
  await once(socket, 'secureConnect', { signal })
  return socket
}
