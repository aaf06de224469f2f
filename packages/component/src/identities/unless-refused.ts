import type { Algorithms } from '@rotator/protocol/algorithms'
import type { KeyHome } from '../keys/key-home.ts'
import type { RestartHost } from '../restart/restart.ts'
import { type IdentityStore, type PendingOutcome, StoreError } from './identity-store.ts'

type NotMade = Extract<PendingOutcome, { kind: 'pending-not-made' }>

/** A store that makes nothing where a rotation could not be finished: for the device, or for the key that is asked for. */
export const unlessRefused = (
  store: IdentityStore,
  host: Pick<RestartHost, 'refusal'>,
  home: KeyHome,
): IdentityStore => ({
  find: async () => store.find(),
  makePending: async (execution, algorithms, now) => {
    const reason = await host.refusal()
    if (reason !== undefined) return { kind: 'pending-not-made', code: 'HOST_UNSUITABLE', reason }
    return (await refusedAt(home, algorithms)) ?? store.makePending(execution, algorithms, now)
  },
  pendingCsr: async digest => store.pendingCsr(digest),
  checkCertificate: async (digest, certificatePem, now) =>
    store.checkCertificate(digest, certificatePem, now),
  place: async placement => store.place(placement),
  drop: async isLastTry => store.drop(isLastTry),
})

async function refusedAt(home: KeyHome, algorithms: Algorithms): Promise<NotMade | undefined> {
  try {
    const reason = await home.refusal(algorithms)
    return reason === undefined
      ? undefined
      : { kind: 'pending-not-made', code: 'ALGORITHM_NOT_ALLOWED', reason }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return { kind: 'pending-not-made', code: error.code, reason: error.message }
  }
}
