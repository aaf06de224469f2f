import type { CloudConnection, CloudConnectionEvents } from '../cloud-connection.ts'
import type { NumberedOrder, Order, Report } from './messages.ts'

export type CarryOut = (order: NumberedOrder) => Promise<void>

/**
 * Opens a connection, reports what becomes of it, and gives what carries out orders on it.
 *
 * Throws where it cannot be opened, which ends the process: its last words are the error.
 */
export const serveConnection =
  (tell: (report: Report) => void) =>
  (open: (events: CloudConnectionEvents) => CloudConnection): CarryOut => {
    const connection = open({
      connected: sessionPresent => tell({ kind: 'connected', sessionPresent }),
      disconnected: reason => tell({ kind: 'disconnected', reason }),
      failed: reason => tell({ kind: 'failed', reason }),
      message: message => tell({ kind: 'message', message }),
    })
    return async ({ number, order }) => {
      try {
        tell({ kind: 'done', number, code: await carryOut(connection, order) })
      } catch (error) {
        tell({ kind: 'not-done', number, reason: error instanceof Error ? error.message : String(error) })
      }
    }
  }

async function carryOut(connection: CloudConnection, order: Order): Promise<number> {
  switch (order.kind) {
    case 'subscribe':
      return connection.subscribe(order.filter, order.qos)
    case 'publish':
      return connection.publish(order.message)
    case 'unsubscribe':
      await connection.unsubscribe(order.filter)
      return 0
    case 'stop':
      await connection.stop()
      return 0
  }
}
