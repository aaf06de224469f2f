import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Those that run: a lab that ends in any way must leave none behind. */
const running = new Set<ChildProcess>()

export function killAllDaemons(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** A foreign program that runs until it is stopped, or until this process ends in any way but by a signal. */
export interface Daemon {
  /** Settles when a line of its output holds this text. */
  wrote(text: string): Promise<void>
  stop(): Promise<void>
}

export function startDaemon(
  path: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Daemon {
  const child = spawn(path, args, { env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', ...environment } })
  if (running.size === 0) process.once('exit', killAllDaemons)
  running.add(child)
  const ended = once(child, 'close')
  ended.catch(() => undefined)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', piece => (output += String(piece)))
  return {
    wrote: text =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.includes(text)) resolve()
        }
        child.stdout.on('data', look)
        child.stderr.on('data', look)
        ended.then(
          () => reject(new Error(`${path} ended without writing "${text}": ${output}`)),
          (error: unknown) => reject(new Error(`${path} cannot be run.`, { cause: error })),
        )
        look()
      }),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      running.delete(child)
      if (running.size === 0) process.removeListener('exit', killAllDaemons)
    },
  }
}
