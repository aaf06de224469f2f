import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeFrame, type Frame } from '../greengrass-ipc/event-stream.ts'
import { FrameReader } from '../greengrass-ipc/frame-reader.ts'

type Answer =
  | { kind: 'answer'; body: object; flags?: number }
  | { kind: 'error'; body: string }
  | { kind: 'silence' }
type Operation = (request: Record<string, unknown>, stream: FakeStream) => Answer

/** One stream of the component, as the nucleus sees it. */
export interface FakeStream {
  streamId: number
  send(event: object): void
  end(flags?: number): void
}

const json = (body: object): Buffer => Buffer.from(JSON.stringify(body))

/** A nucleus's IPC socket, reduced to what the tests of the client steer. */
export class FakeNucleus {
  readonly token = 'S3CRET-TOKEN'
  readonly socketPath: string
  /** Every frame that arrived, oldest first. */
  readonly received: Frame[] = []
  readonly operations = new Map<string, Operation>()
  readonly streams: FakeStream[] = []
  greet: 'accept' | 'refuse' | 'close' | 'silence' = 'accept'
  connections = 0
  readonly #folder = mkdtempSync(join(tmpdir(), 'nucleus-'))
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined

  constructor(name = 'ipc.socket') {
    this.socketPath = join(this.#folder, name)
  }

  async start(): Promise<void> {
    const server = createServer(socket => {
      this.connections += 1
      this.#sockets.add(socket)
      const reader = new FrameReader()
      socket.on('error', () => {})
      socket.on('data', piece => {
        for (const frame of reader.push(piece)) this.#receive(socket, frame)
      })
    })
    this.#server = server
    await new Promise<void>(resolve => {
      server.listen(this.socketPath, resolve)
    })
  }

  /** Cuts every connection, as a nucleus that restarts does. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#sockets.clear()
  }

  /** Sends bytes as they are to every connection. */
  sendRaw(bytes: Buffer): void {
    for (const socket of this.#sockets) socket.write(bytes)
  }

  async stop(): Promise<void> {
    this.dropConnections()
    await new Promise<unknown>(resolve => this.#server?.close(resolve))
    rmSync(this.#folder, { recursive: true })
  }

  #receive(socket: Socket, frame: Frame): void {
    this.received.push(frame)
    const { headers, payload } = frame
    const streamId = Number(headers[':stream-id'])
    const send = (type: number, flags: number, body: Buffer): void => {
      const reply = { ':message-type': type, ':message-flags': flags, ':stream-id': streamId }
      socket.write(encodeFrame({ headers: reply, payload: body }))
    }
    if (headers[':message-type'] === 4) {
      if (this.greet === 'close') socket.destroy()
      const isKnown = JSON.parse(payload.toString()).authToken === this.token
      if (this.greet !== 'silence') send(5, this.greet === 'accept' && isKnown ? 1 : 0, Buffer.alloc(0))
      return
    }
    const { operation } = headers
    if (headers[':message-type'] !== 0 || typeof operation !== 'string') return
    const stream: FakeStream = {
      streamId,
      send: event => send(0, 0, json(event)),
      end: (flags = 2) => send(0, flags, Buffer.alloc(0)),
    }
    this.streams.push(stream)
    const perform = this.operations.get(operation.replace('aws.greengrass#', ''))
    const answer = perform?.(JSON.parse(payload.toString()), stream) ?? unsupported
    if (answer.kind === 'answer') send(0, answer.flags ?? 0, json(answer.body))
    if (answer.kind === 'error') send(1, 2, Buffer.from(answer.body))
  }
}

const unsupported: Answer = {
  kind: 'error',
  body: '{"_message":"","_errorCode":"ServiceError","message":""}',
}
