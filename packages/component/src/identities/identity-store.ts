import type { Algorithms } from '@rotator/protocol/algorithms'
import type { FailureCode } from '@rotator/protocol/failure-codes'
import type { CsrDigest, ExecutionId } from '@rotator/protocol/ids'
import type { Placement } from '@rotator/rotation/device/effects'
import type { Found, Outcome } from '@rotator/rotation/device/events'

type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>
export type PendingOutcome = Of<'pending-made'> | Of<'pending-not-made'>
export type CheckOutcome =
  | Of<'certificate-usable'>
  | Of<'certificate-unusable'>
  | Of<'certificate-undecided'>
  | Of<'pending-lost'>

/**
 * The three identities of a device, in files or in an HSM: current, pending, previous.
 *
 * Every order may be given again, also after a cut in the middle of it, and then completes what is missing.
 * An identity is known by its certificate's id, so an order never depends on how often it was given.
 * Orders throw a StoreError where they cannot be done; what was current then still is.
 */
export interface IdentityStore {
  /** Repairs what a cut left half done, then says what is there. */
  find(): Promise<FoundIdentities>
  /**
   * Refuses before anything is made, or makes a key and its signing request in the pending slot. Throws only where it has
   * to be looked again at what is stored.
   *
   * @param now in milliseconds since 1970
   */
  makePending(execution: ExecutionId, algorithms: Algorithms, now: number): Promise<PendingOutcome>
  /** @returns the pending request in PEM; undefined where it, or its key, is not there. */
  pendingCsr(csrDigest: CsrDigest): Promise<string | undefined>
  /** Judges a certificate for the pending key, and stores a usable one beside it. */
  checkCertificate(csrDigest: CsrDigest, certificatePem: string, now: number): Promise<CheckOutcome>
  /** Makes the identity of that id current, whichever slot it is in; the one that was current stays as previous. */
  place(placement: Placement): Promise<void>
  /**
   * Removes all identities but the current one, which must be usable.
   *
   * @param isLastTry what a token does not let be removed is left, whatever it says of it
   */
  drop(isLastTry?: boolean): Promise<void>
}

export interface FoundIdentities extends Found {
  /** A sentence for the log where there is something to explain. */
  remark: string | undefined
}

/** What is found where nothing can be read. */
export const nothingFound = (remark: string | undefined): FoundIdentities => ({
  current: null,
  pending: null,
  previous: null,
  newer: 'current',
  execution: null,
  remark,
})

/** An order could not be done. The message says what, why, and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: FailureCode
  /** What is stored is not what was found before: it must be looked at again, and nothing be said of the order. */
  readonly lookAgain: boolean

  constructor(code: FailureCode, message: string, options: { cause?: unknown; lookAgain?: boolean } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.lookAgain = options.lookAgain ?? false
  }
}
