import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a client and the endpoint, and sees which TLS version the two agree on. */
export interface TlsVersionWitness {
  port: number
  /** One entry a connection. */
  versions: string[]
  stop(): Promise<void>
}

const serverHello = 2
const tls13Selected = Buffer.from('002b00020304', 'hex')

/**
 * Passes every byte on, both ways. The version stands in the endpoint's first record (RFC 8446 4.1.3): a ServerHello of
 * TLS 1.3 calls itself 1.2 and names 1.3 in its extension supported_versions.
 */
export async function openTlsVersionWitness(port: number): Promise<TlsVersionWitness> {
  const versions: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const endpoint = connect(port, '127.0.0.1')
    endpoint.once('data', (record: Buffer) => versions.push(versionOf(record)))
    for (const [socket, other] of [
      [client, endpoint],
      [endpoint, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    versions,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function versionOf(record: Buffer): string {
  const hello = record.subarray(5, 5 + record.readUInt16BE(3))
  if (hello[0] !== serverHello) return 'no ServerHello'
  return hello.includes(tls13Selected) ? 'TLS 1.3' : `TLS 1.${hello.readUInt16BE(4) - 0x0301}`
}
