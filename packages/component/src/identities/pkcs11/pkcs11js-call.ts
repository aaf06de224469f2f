import { setImmediate as nextTurn } from 'node:timers/promises'
import { messageOf } from '../../message-of.ts'
import type { TokenAnswer, TokenFailure } from './token.ts'

/**
 * Makes one call into the library, after one turn of the event loop: a child whose parent is gone ends there.
 *
 * @param call the function's name, for the answer
 */
export async function calling<T>(call: string, perform: () => T): Promise<TokenAnswer<T>> {
  await nextTurn()
  try {
    return { ok: true, value: perform() }
  } catch (error) {
    return failureOf(call, error)
  }
}

/** The binding throws `CKR_PIN_INCORRECT:160`; what is no return value is an argument that it did not take. */
export function failureOf(call: string, error: unknown): TokenFailure {
  const message = messageOf(error)
  const [, name, number = ''] = /^(CKR_\w+):(\d+)/u.exec(message) ?? []
  if (name === undefined) return { ok: false, call, ckr: 'CKR_ARGUMENTS_BAD', detail: message }
  // One name stands for every code that the standard does not have.
  return { ok: false, call, ckr: name === 'CKR_VENDOR_DEFINED' ? `${name}:${number}` : name }
}
