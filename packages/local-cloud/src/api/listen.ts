import type { AddressInfo, Server, Socket } from 'node:net'

/** A listening server. */
export interface Listener {
  port: number
  /** Resolves once the port is free and no connection is left. */
  stop(): Promise<void>
}

/** Listens on one address. Port 0 takes a free one. Rejects with the system's error where the port is taken. */
export function listen(server: Server, port: number, host = '127.0.0.1'): Promise<Listener> {
  // All connections, also those that never finish their handshake and that the server does not tell of.
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address() as AddressInfo
      resolve({ port: address.port, stop: () => stopped(server, sockets) })
    })
  })
}

function stopped(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}
