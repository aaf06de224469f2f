import { connectCrt } from '../crt-connector.ts'
import { loadCrt } from '../crt-library.ts'
import type { NumberedOrder, Opening } from './messages.ts'
import { type CarryOut, serveConnection } from './serve-connection.ts'

let connection: Promise<CarryOut> | undefined

async function open(opening: Opening): Promise<CarryOut> {
  const crt = await loadCrt()
  const connect = serveConnection(report => void process.send?.(report))
  return connect(events => connectCrt({ ...opening, crt }, { ...opening, events }))
}

process.on('message', (message: Opening | NumberedOrder) => {
  if ('order' in message) void connection?.then(async carryOut => carryOut(message))
  else connection = open(message)
})
// Without the core there is nobody to connect for.
process.once('disconnect', () => process.exit(0))
