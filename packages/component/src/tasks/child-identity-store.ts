import type { FailureCode } from '@rotator/protocol/failure-codes'
import { type IdentityStore, StoreError } from '../identities/identity-store.ts'
import type { KeyHome } from '../keys/key-home.ts'
import { messageOf } from '../message-of.ts'
import type { AskChild } from './ask-child.ts'

/**
 * The identities of this device, each order carried out by a child.
 *
 * @param workFolder the component's own folder, where a version 1 component may have left a backup
 */
export function childIdentityStore(ask: AskChild, workFolder: string): IdentityStore {
  const drop = droppingAtLast(ask)
  return {
    find: async () => ask('find', { workFolder }),
    makePending: async (execution, algorithms, now) => {
      try {
        return await ask('make-pending', { execution, algorithms, now })
      } catch (error) {
        if (error instanceof StoreError && error.lookAgain) throw error
        return { kind: 'pending-not-made', code: codeOf(error), reason: messageOf(error) }
      }
    },
    pendingCsr: async csrDigest => (await ask('pending-csr', { csrDigest })).csr,
    checkCertificate: async (csrDigest, certificatePem, now) =>
      ask('check-certificate', { csrDigest, certificatePem, now }),
    place: async placement => {
      await ask('place', placement)
    },
    drop,
  }
}

const triesToDestroy = 10

/**
 * A device that closes a rotation takes no other job, and tries once a minute. After some tries what a token does not let
 * be destroyed is never going to be, whatever it answers: it is left, and the next job is told.
 */
function droppingAtLast(ask: AskChild): () => Promise<void> {
  let failures = 0
  return async () => {
    try {
      await ask('drop', { isLastTry: failures >= triesToDestroy })
      failures = 0
    } catch (error) {
      if (messageOf(error).includes('C_DestroyObject')) failures += 1
      throw error
    }
  }
}

/** What is known of an HSM already is told as such. */
const codeOf = (error: unknown): FailureCode =>
  error instanceof StoreError && error.code.startsWith('HSM_') ? error.code : 'KEY_GENERATION_FAILED'

/** A token as the home of keys: what it lists is public, so nobody logs in for it. */
export const tokenHome = (ask: AskChild): KeyHome => ({
  refusal: async algorithms => (await ask('judge-algorithms', { algorithms })).refusal,
})
