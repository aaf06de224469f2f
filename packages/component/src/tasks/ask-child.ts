import { type TokenSettings, toWire } from '../identities/pkcs11/token-settings.ts'
import type { IdentityPaths } from '../keys/inspect-identity.ts'
import { messageOf } from '../message-of.ts'
import { Secret } from '../secret.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { pinGuard } from './pin-guard.ts'
import { runTask, type TaskRunnerOptions } from './run-task.ts'
import type { OrderName, Orders } from './task-protocol.ts'
import { unlessBusy } from './unless-busy.ts'

/** Has a child carry out an order on the identities of this device, wherever they are. */
export type AskChild = <N extends OrderName>(
  name: N,
  order: Orders[N]['order'],
) => Promise<Orders[N]['answer']>

export const askOnFiles =
  (runner: TaskRunnerOptions, { certificatePath, keyPath }: IdentityPaths): AskChild =>
  async (name, order) =>
    runTask(runner, name, { paths: { certificatePath, keyPath }, ...order })

/**
 * Has children carry out orders in a token, with a PIN that is tried with care.
 *
 * @param runner its children need the variables by which the library finds its token
 */
export function askOnToken(runner: TaskRunnerOptions, settings: () => Promise<TokenSettings>): AskChild {
  const guard = pinGuard(runner.timers)
  // Two children at once would disturb each other, and try a PIN twice before the first has told of it.
  const inTurn = oneAtATime()
  return async (name, order) =>
    inTurn(async () => {
      const given = await settings()
      const token = toWire(given)
      const careful = { ...runner, pin: given.userPin }
      guard.admit(new Secret(JSON.stringify(token)))
      const heed = (code: unknown, reason: string): void => {
        if (code === 'HSM_PIN_REFUSED' || code === 'HSM_LOGIN_FAILED') guard.failed(code, reason)
        else if (code === undefined && isByLogin(name)) guard.worked()
      }
      try {
        const answer = await unlessBusy(runner.timers, async () =>
          runTask(careful, name, { token, ...order }),
        )
        const { code, reason } = Object(answer)
        heed(code, String(reason))
        return answer
      } catch (error) {
        heed(Object(error).code, messageOf(error))
        throw error
      }
    })
}

/** What a token can do is public. */
const isByLogin = (name: OrderName): boolean => name !== 'judge-algorithms'
