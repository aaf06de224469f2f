import { text } from 'node:stream/consumers'
import { loadBinding } from '@rotator/component/identities/pkcs11/pkcs11js-binding'
import type { Token } from '../tokens/token.ts'
import { HarmedBinding } from './harmed-binding.ts'
import { storeOn } from './token-kinds.ts'
import { type Known, orders } from './token-orders.ts'

/** What a process is to do, as JSON on its input. */
export interface OrderTask {
  token: Pick<Token, 'library' | 'slot' | 'userPin'>
  bindingFile: string
  /** Which of the orders. */
  order: number
  known: Known
  /** Before which call of the standard it is to be killed. */
  killAt: number
}

// Gives one order in a process of its own, which is killed in the middle of it.
const task: OrderTask = JSON.parse(await text(process.stdin))
const { binding } = new HarmedBinding(loadBinding(task.bindingFile), 'kill', task.killAt)
// Who would issue is another process, which this one does not live to see.
const nobody = { issue: async (csr: string) => csr }
await orders[task.order]?.give(storeOn(task.token, binding), task.known, nobody)
