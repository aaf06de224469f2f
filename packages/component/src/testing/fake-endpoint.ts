import { createServer as createPlainServer, type Socket } from 'node:net'
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import type { CertificateId } from '@rotator/protocol/ids'
import { certificateId } from '@rotator/protocol/x509/certificate'
import { listenLocally } from './listen-locally.ts'
import { selfSigned } from './self-signed.ts'

/** What a client has shown of itself when it was let in by TLS. */
export interface Visitor {
  certificateId: CertificateId
  protocol: string | false | null
  /** The first bytes that it sent. */
  said: Buffer
}

/** A server on localhost that speaks TLS and answers the first bytes of each client. */
export interface FakeEndpoint {
  readonly port: number
  /** PEM of the authority to trust. */
  readonly rootCa: string
  readonly visitors: Visitor[]
  stop(): Promise<void>
}

/** @param answer called with the first bytes of a client */
export async function startFakeEndpoint(
  answer: (socket: TLSSocket, said: Buffer) => void,
  options: TlsOptions = {},
): Promise<FakeEndpoint> {
  const identity = await selfSigned()
  const visitors: Visitor[] = []
  const tls = { ...identity, requestCert: true, rejectUnauthorized: false, ...options }
  const server = createServer(tls, socket => {
    socket.on('error', () => {})
    socket.once('data', (said: Buffer) => {
      const { raw } = socket.getPeerCertificate()
      visitors.push({ certificateId: certificateId(raw), protocol: socket.alpnProtocol, said })
      answer(socket, said)
    })
  })
  return { ...(await listenLocally(server)), rootCa: identity.cert, visitors }
}

/** A server of bytes, for what goes wrong below TLS. */
export async function startRawServer(
  serve: (socket: Socket) => void,
): Promise<{ port: number; stop(): Promise<void> }> {
  return listenLocally(createPlainServer(serve))
}
