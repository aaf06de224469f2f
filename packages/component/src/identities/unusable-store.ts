import { type IdentityStore, nothingFound, type PendingOutcome, StoreError } from './identity-store.ts'

/** Stands where the configured identity cannot be located: every job fails with that reason, nothing is touched. */
export function unusableStore(problem: string): IdentityStore {
  const refuse = async (): Promise<never> => {
    throw new StoreError('IDENTITY_UNUSABLE', problem)
  }
  return {
    find: async () => nothingFound(problem),
    makePending: async (): Promise<PendingOutcome> => ({
      kind: 'pending-not-made',
      code: 'IDENTITY_UNUSABLE',
      reason: problem,
    }),
    pendingCsr: async () => undefined,
    checkCertificate: refuse,
    place: refuse,
    // There is nothing to drop, and a rotation that failed for this reason is to be closed.
    drop: async () => {},
  }
}
