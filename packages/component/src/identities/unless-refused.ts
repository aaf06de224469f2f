import type { RestartHost } from '../restart/restart.ts'
import type { IdentityStore } from './identity-store.ts'

/** A store that makes nothing on a device on which a rotation could not be finished. */
export const unlessRefused = (store: IdentityStore, host: Pick<RestartHost, 'refusal'>): IdentityStore => ({
  find: async () => store.find(),
  makePending: async (execution, algorithms, now) => {
    const reason = await host.refusal()
    if (reason !== undefined) return { kind: 'pending-not-made', code: 'HOST_UNSUITABLE', reason }
    return store.makePending(execution, algorithms, now)
  },
  pendingCsr: async digest => store.pendingCsr(digest),
  checkCertificate: async (digest, certificatePem, now) =>
    store.checkCertificate(digest, certificatePem, now),
  place: async placement => store.place(placement),
  drop: async () => store.drop(),
})
