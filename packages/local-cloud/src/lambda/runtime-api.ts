import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a runtime is asked to do. */
export interface RuntimeInvocation {
  requestId: string
  functionArn: string
  deadlineMs: number
  event: Buffer
}

/** How it ended: a result, or an error of the function's own, both JSON. */
export type RuntimeAnswer = { kind: 'response' | 'error'; payload: Buffer }

/** Lambda's Runtime API for one sandbox: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export interface RuntimeApi {
  /** `host:port`. */
  address: string
  /** Hands out an invocation; resolves when it is answered. One at a time. */
  invoke(invocation: RuntimeInvocation): Promise<RuntimeAnswer>
  /** Resolves with the error that the runtime could not start for. */
  initError: Promise<Buffer>
  close(): void
}

interface Pending {
  invocation: RuntimeInvocation
  answered: (answer: RuntimeAnswer) => void
}

const path = /^\/2018-06-01\/runtime\/(?:invocation\/(next|[^/]+)(?:\/(response|error))?|init\/(error))$/

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}')
}

function refuse(response: ServerResponse, status: number, errorType: string): void {
  const body = JSON.stringify({ errorType, errorMessage: errorType })
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body)
}

function hand(
  response: ServerResponse,
  { requestId, functionArn, deadlineMs, event }: RuntimeInvocation,
): void {
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': requestId,
    'Lambda-Runtime-Deadline-Ms': String(deadlineMs),
    'Lambda-Runtime-Invoked-Function-Arn': functionArn,
    'Lambda-Runtime-Trace-Id': `Root=1-00000000-${requestId.replaceAll('-', '').slice(0, 24)}`,
  })
  response.end(event)
}

/** Listens on a free port of 127.0.0.1. */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const initFailed = Promise.withResolvers<Buffer>()
  let waiting: ServerResponse | undefined
  let queued: Pending | undefined
  let current: Pending | undefined

  function dispatch(): void {
    if (waiting === undefined || queued === undefined) return
    hand(waiting, queued.invocation)
    ;[current, queued, waiting] = [queued, undefined, undefined]
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray())
    const [, id, kind, init] = path.exec(request.url ?? '') ?? []
    if (init !== undefined && request.method === 'POST') {
      initFailed.resolve(body)
      return accept(response)
    }
    if (id === 'next' && request.method === 'GET') {
      waiting = response
      return dispatch()
    }
    if (kind !== 'response' && kind !== 'error') return refuse(response, 404, 'NotFound')
    if (current?.invocation.requestId !== id) return refuse(response, 400, 'InvalidRequestID')
    current?.answered({ kind, payload: body })
    current = undefined
    accept(response)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    invoke: invocation =>
      new Promise(answered => {
        queued = { invocation, answered }
        dispatch()
      }),
    initError: initFailed.promise,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
