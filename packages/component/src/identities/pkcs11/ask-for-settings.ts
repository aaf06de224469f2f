import { IpcError } from '../../greengrass-ipc/ipc-error.ts'
import { messageOf } from '../../message-of.ts'
import { StoreError } from '../identity-store.ts'
import { parseTokenPlace, provider, type TokenSettings } from './token-settings.ts'

/**
 * Asks Greengrass how to reach the token, anew for every order, so that a corrected PIN is used at once. While Greengrass
 * does not answer, what it said last counts.
 *
 * @param ask gives the configuration of the provider; throws an IpcError
 * @throws StoreError where it is not known, and was not
 */
export function askForSettings(ask: () => Promise<unknown>, label: string): () => Promise<TokenSettings> {
  let known: TokenSettings | undefined
  return async () => {
    try {
      const place = parseTokenPlace(await ask())
      if (!place.ok) throw new StoreError('HSM_FAILED', place.problem)
      known = { ...place.value, label }
      return known
    } catch (error) {
      if (!(error instanceof IpcError)) throw error
      if (known !== undefined && error.code !== 'IPC_SERVICE_ERROR') return known
      throw new StoreError(
        'HSM_FAILED',
        `Greengrass does not say how the HSM is reached: ${messageOf(error)} Identities in an HSM are rotated where the component ${provider} is deployed, which a classic nucleus takes.`,
        { cause: error },
      )
    }
  }
}
