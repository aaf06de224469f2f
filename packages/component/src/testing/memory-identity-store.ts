import type { Algorithms } from '@rotator/protocol/algorithms'
import type { CertificateId, CsrDigest, ExecutionId } from '@rotator/protocol/ids'
import { csrDigest } from '@rotator/protocol/x509/csr'
import { encodePem } from '@rotator/protocol/x509/pem'
import type { Placement } from '@rotator/rotation/device/effects'
import {
  type CheckOutcome,
  type FoundIdentities,
  type IdentityStore,
  type PendingOutcome,
  StoreError,
} from '../identities/identity-store.ts'
import { idOf } from './test-authority.ts'

type Order = 'makePending' | 'checkCertificate' | 'place' | 'drop'

interface Held {
  certificateId: CertificateId
  number: number
  execution: ExecutionId | null
}

/** Identities without keys: certificates are made of their request's digest. Survives a restart of the loop. */
export class MemoryIdentityStore implements IdentityStore {
  current: CertificateId
  readonly orders: string[] = []
  readonly #failures: { order: Order; error: StoreError }[] = []
  #held: Held[]
  #pending: { csr: string; execution: ExecutionId; certificateId: CertificateId | undefined } | undefined
  #made = 0

  constructor(current: CertificateId) {
    this.current = current
    this.#held = [{ certificateId: current, number: 0, execution: null }]
  }

  /** What an issuer would answer to that request. */
  static issue(csr: string): string {
    return encodePem('CERTIFICATE', Buffer.from(csrDigest(csr)))
  }

  failNext(order: Order, error = new StoreError('STORAGE_FAILED', 'The disk is full.')): void {
    this.#failures.push({ order, error })
  }

  losePending(): void {
    this.#pending = undefined
  }

  /** As an operator does who puts another identity in place. */
  replaceByHand(certificateId: CertificateId): void {
    this.current = certificateId
  }

  async find(): Promise<FoundIdentities> {
    const other = this.#held.findLast(({ certificateId }) => certificateId !== this.current)
    const used = this.#held.find(({ certificateId }) => certificateId === this.current)
    const isCurrentNewer = other === undefined || used === undefined || used.number > other.number
    return {
      current: this.current,
      pending: this.#pending === undefined ? null : csrDigest(this.#pending.csr),
      previous: other?.certificateId ?? null,
      newer: isCurrentNewer ? 'current' : 'previous',
      execution: (isCurrentNewer ? used : other)?.execution ?? null,
      remark: undefined,
    }
  }

  async makePending(execution: ExecutionId, _algorithms: Algorithms): Promise<PendingOutcome> {
    const failure = this.#begin('makePending')
    if (failure?.lookAgain === true) throw failure
    if (failure !== undefined) {
      return { kind: 'pending-not-made', code: failure.code, reason: failure.message }
    }
    this.#made += 1
    const csr = encodePem('CERTIFICATE REQUEST', Buffer.from(`request ${this.#made}`))
    this.#pending = { csr, execution, certificateId: undefined }
    return { kind: 'pending-made', csrDigest: csrDigest(csr), oldCertificateId: this.current }
  }

  async pendingCsr(digest: CsrDigest): Promise<string | undefined> {
    const csr = this.#pending?.csr
    return csr !== undefined && csrDigest(csr) === digest ? csr : undefined
  }

  async checkCertificate(digest: CsrDigest, certificatePem: string): Promise<CheckOutcome> {
    const failure = this.#begin('checkCertificate')
    if (failure !== undefined) throw failure
    const csr = await this.pendingCsr(digest)
    if (this.#pending === undefined || csr === undefined) return { kind: 'pending-lost' }
    if (certificatePem !== MemoryIdentityStore.issue(csr)) {
      return { kind: 'certificate-unusable', reason: 'It is for another key.' }
    }
    this.#pending.certificateId = idOf(certificatePem)
    return { kind: 'certificate-usable', certificateId: this.#pending.certificateId }
  }

  async place({ current, previous }: Placement): Promise<void> {
    const failure = this.#begin('place')
    if (failure !== undefined) throw failure
    if (this.current !== current && this.current !== previous) {
      throw new StoreError('INSTALL_FAILED', 'Replaced by hand.', { lookAgain: true })
    }
    if (this.#pending?.certificateId === current) {
      this.#held.push({ certificateId: current, number: this.#made, execution: this.#pending.execution })
      this.#pending = undefined
    }
    if (!this.#held.some(({ certificateId }) => certificateId === current)) {
      throw new StoreError('IDENTITY_LOST', `There is no identity ${current}.`)
    }
    this.current = current
  }

  async drop(): Promise<void> {
    const failure = this.#begin('drop')
    if (failure !== undefined) throw failure
    this.#pending = undefined
    this.#held = this.#held.filter(({ certificateId }) => certificateId === this.current)
  }

  #begin(order: Order): StoreError | undefined {
    this.orders.push(order)
    const at = this.#failures.findIndex(failure => failure.order === order)
    return at === -1 ? undefined : this.#failures.splice(at, 1)[0]?.error
  }
}
