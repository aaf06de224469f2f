import { type FoundIdentities, type IdentityStore, nothingFound, StoreError } from './identity-store.ts'

/** The loop looks again after 10 s each time. */
const attempts = 3

/**
 * A store that stops waiting for what can last: after some attempts to look, or after a refused PIN at once, it says what
 * is wrong instead of what there is. The component then takes jobs, to let them fail with that reason, rather than be
 * silent until they time out. Every order still asks the store itself.
 */
export function patientStore(store: IdentityStore): IdentityStore {
  let failures = 0
  const find = async (): Promise<FoundIdentities> => {
    try {
      const found = await store.find()
      failures = 0
      return found
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      failures += 1
      if (error.code !== 'HSM_PIN_REFUSED' && failures < attempts) throw error
      return nothingFound(error.message)
    }
  }
  return { ...store, find }
}
