import { connectToSocket } from '../sockets/socket-path.ts'

/** Sends one request to a core's control socket and answers its reply; rejects with the core's error. */
export function requestControl(controlSocket: string, request: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connectToSocket(controlSocket)
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', chunk => {
      text += String(chunk)
    })
    socket.once('error', reject)
    socket.once('close', () => {
      try {
        const reply = JSON.parse(text) as { readonly error?: string; readonly result?: unknown }
        if (reply.error === undefined) resolve(reply.result)
        else reject(new Error(reply.error))
      } catch {
        reject(new Error('The core ended the connection without a reply; it is stopping, or was killed.'))
      }
    })
    socket.end(`${JSON.stringify(request)}\n`)
  })
}
