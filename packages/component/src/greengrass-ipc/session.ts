import type { Timers } from '../timers.ts'
import type { IpcConnection } from './connection.ts'
import { IpcError } from './ipc-error.ts'

export interface SessionOptions {
  open: () => Promise<IpcConnection>
  /** Subscribes to everything; runs anew on every connection. A failure ends the connection. */
  prepare: (connection: IpcConnection) => Promise<void>
  onUp: () => void
  /** `error` says why the connection ended or could not be made. */
  onDown: (error: unknown) => void
  timers: Timers
  /** The wait before the connection is tried again: doubles from the first to the last. */
  firstRetryMs: number
  lastRetryMs: number
  /** From 0 to 1: spreads the retries of many devices. */
  random: () => number
}

/** Keeps one connection to the nucleus open for as long as the component runs. */
export interface Session {
  /** @throws IpcError; IPC_DISCONNECTED while there is no connection. */
  call: IpcConnection['call']
  /** Ends the present connection; the next one is opened as after any other end. */
  renew(): void
  stop(): void
}

export function keepSession(options: SessionOptions): Session {
  let connection: IpcConnection | undefined
  let isStopped = false
  let cancelRetry: (() => void) | undefined
  let retryMs = options.firstRetryMs

  const run = async (): Promise<unknown> => {
    try {
      connection = await options.open()
      await options.prepare(connection)
    } catch (error) {
      connection?.close()
      return error
    }
    if (!isStopped) options.onUp()
    retryMs = options.firstRetryMs
    return connection.ended
  }

  const keep = async (): Promise<void> => {
    const error = await run()
    connection = undefined
    if (isStopped) return
    options.onDown(error)
    cancelRetry = options.timers.after(retryMs * (1 + options.random() / 4), () => void keep())
    retryMs = Math.min(retryMs * 2, options.lastRetryMs)
  }
  void keep()

  return {
    call: async (...call) => {
      if (connection === undefined) {
        throw new IpcError(
          'IPC_DISCONNECTED',
          `There is no connection to Greengrass for ${call[0]}; it is being opened.`,
        )
      }
      return connection.call(...call)
    },
    renew: () => {
      connection?.close()
    },
    stop: () => {
      isStopped = true
      cancelRetry?.()
      connection?.close()
    },
  }
}
