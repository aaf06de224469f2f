import { createServer, type Socket } from 'node:net'
import { listenOnSocket } from '../sockets/socket-path.ts'

/** Serves the control socket: one JSON request a connection, answered by `{result}` or `{error}`. */
export async function startControlServer(
  controlSocket: string,
  handle: (request: unknown) => Promise<unknown>,
): Promise<{ readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    serve(socket, handle)
  })
  await listenOnSocket(server, controlSocket)
  return {
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function serve(socket: Socket, handle: (request: unknown) => Promise<unknown>): void {
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', chunk => {
    text += String(chunk)
    const end = text.indexOf('\n')
    if (end === -1) return
    socket.pause()
    void answer(text.slice(0, end), handle).then(reply => socket.end(`${JSON.stringify(reply)}\n`))
  })
}

async function answer(line: string, handle: (request: unknown) => Promise<unknown>): Promise<object> {
  try {
    return { result: (await handle(JSON.parse(line))) ?? null }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
