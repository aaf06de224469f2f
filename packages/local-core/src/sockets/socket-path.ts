import { closeSync, openSync, rmSync } from 'node:fs'
import { connect, type Server, type Socket } from 'node:net'
import { basename, dirname } from 'node:path'

/** A Unix socket's path, its terminating zero included, may have this many bytes on Linux. */
const socketPathLimitBytes = 108

/** The same socket under a short name: its folder's descriptor stands in for the folder's path. */
function shortened(path: string): { readonly path: string; readonly release: () => void } {
  if (Buffer.byteLength(path) < socketPathLimitBytes) return { path, release: () => {} }
  const folder = openSync(dirname(path), 'r')
  return { path: `/proc/self/fd/${folder}/${basename(path)}`, release: () => closeSync(folder) }
}

/** Listens on a Unix socket of any path length, in place of whatever a dead process left there. */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  rmSync(path, { force: true })
  const short = shortened(path)
  server.once('close', short.release)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(short.path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Connects to a Unix socket of any path length. */
export function connectToSocket(path: string): Socket {
  const short = shortened(path)
  return connect(short.path).once('connect', short.release).once('error', short.release)
}
