import { createServer, type Socket } from 'node:net'
import { listenOnSocket } from '../sockets/socket-path.ts'
import { decodeFrame, EventStreamError, encodeFrame } from './event-stream.ts'
import { createFrameReader } from './frame-reader.ts'
import { createIpcSession } from './ipc-session.ts'
import type { OperationTable } from './operation.ts'
import { readRpcMessage, toEventStream } from './rpc-message.ts'

export interface IpcServerOptions {
  readonly socketPath: string
  readonly authenticate: (authToken: string) => string | undefined
  readonly operations: OperationTable
}

export interface IpcServer {
  readonly close: () => Promise<void>
}

/** The nucleus's IPC socket. */
export async function startIpcServer(options: IpcServerOptions): Promise<IpcServer> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    serve(socket, options)
    socket.once('close', () => sockets.delete(socket))
  })
  await listenOnSocket(server, options.socketPath)
  return {
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function serve(socket: Socket, options: IpcServerOptions): void {
  const session = createIpcSession({
    send: message => {
      if (socket.writable) socket.write(encodeFrame(toEventStream(message)))
    },
    close: () => socket.end(),
    authenticate: options.authenticate,
    operations: options.operations,
  })
  const read = createFrameReader()
  socket.on('data', chunk => {
    try {
      for (const frame of read(chunk)) {
        const message = readRpcMessage(decodeFrame(frame))
        if (message === undefined) throw new EventStreamError('a frame lacks the headers of the RPC protocol')
        session.receive(message)
      }
    } catch (error) {
      if (!(error instanceof EventStreamError)) throw error
      socket.destroy()
    }
  })
  socket.on('error', () => socket.destroy())
  socket.once('close', session.end)
}
