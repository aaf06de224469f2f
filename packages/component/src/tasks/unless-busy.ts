import { messageOf } from '../message-of.ts'
import type { Timers } from '../timers.ts'

const pausesMs: readonly number[] = [1_000, 3_000, 9_000]

/**
 * Gives an order again where the token may have been busy.
 *
 * Some libraries keep their objects in a file that they do not wait for: what they answer while the nucleus, or any tool,
 * looks into the token at the same moment is true a moment later no more. Every order may be given again, but not here
 * a login that failed: what is said of it may be said of a wrong PIN.
 */
export async function unlessBusy<T>(timers: Timers, order: () => Promise<T>): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      const answer = await order()
      const { code, reason } = Object(answer)
      if (!wasBusy(code, reason)) return answer
    } catch (error) {
      if (!wasBusy(Object(error).code, messageOf(error))) throw error
    }
    await new Promise<void>(resolve => {
      timers.after(pauseMs, resolve)
    })
  }
  return order()
}

const wasBusy = (code: unknown, reason: unknown): boolean =>
  code === 'HSM_FAILED' && String(reason).includes('CKR_GENERAL_ERROR')
