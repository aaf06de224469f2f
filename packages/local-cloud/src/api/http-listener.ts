import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import type { Api } from './api.ts'
import { type Listener, listen } from './listen.ts'

/** Bytes; far above anything that the imitated operations take. */
const bodyLimitBytes = 6 * 1024 * 1024

/** The certificate and key that a TLS listener shows, PEM. */
export interface ServerIdentity {
  certificatePem: string
  privateKeyPem: string
}

/** Serves the API without TLS, for what is pointed at it by an endpoint URL. Port 0 takes a free one. */
export function listenHttp(api: Api, port: number): Promise<Listener> {
  return listen(createServer(handler(api)), port)
}

/**
 * Serves the same API by TLS. A client certificate is asked for and not required: whether it is known and active is
 * a matter of authorisation, as all certificates are of the registry and not of a chain.
 *
 * @param others serve the clients that ask for another protocol by ALPN, each by its name
 */
export function listenHttps(
  api: Api,
  port: number,
  identity: ServerIdentity,
  others: Readonly<Record<string, (socket: TLSSocket) => void>> = {},
): Promise<Listener> {
  const options = {
    key: identity.privateKeyPem,
    cert: identity.certificatePem,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ALPNProtocols: [...Object.keys(others), 'http/1.1'],
  } as const
  const web = createServer(handler(api))
  const server = createTlsServer(options, socket => {
    const other = others[String(socket.alpnProtocol)]
    if (other === undefined) web.emit('connection', socket)
    else other(socket)
  })
  return listen(server, port)
}

function handler(api: Api): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    void serve(api, request, response).catch(() => request.socket.destroy())
  }
}

async function serve(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request)
  if (body === undefined) {
    response.writeHead(413, { 'x-amzn-ErrorType': 'RequestEntityTooLargeException', Connection: 'close' })
    response.end(JSON.stringify({ message: `The request body exceeds ${bodyLimitBytes} bytes.` }))
    return
  }
  const certificateId = clientCertificateId(request)
  const answer = await api.handle({
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    body,
    ...(certificateId !== undefined && { certificateId }),
  })
  if (answer === undefined) {
    request.socket.destroy()
    return
  }
  response.writeHead(answer.status, { ...answer.headers, 'Content-Length': Buffer.byteLength(answer.body) })
  response.end(answer.body)
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > bodyLimitBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function clientCertificateId({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const der = socket.getPeerX509Certificate()?.raw
  return der === undefined ? undefined : createHash('sha256').update(der).digest('hex')
}
