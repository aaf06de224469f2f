import type { Algorithms } from '@rotator/protocol/algorithms'
import type { CertificateId, CsrDigest, ExecutionId } from '@rotator/protocol/ids'
import { csrDigest } from '@rotator/protocol/x509/csr'
import { isUnsettled } from '@rotator/rotation/device/derive'
import type { Placement } from '@rotator/rotation/device/effects'
import { judgeBeside, ofAnotherKey, unreadable } from '../../keys/check-certificate.ts'
import { readCertificate } from '../../keys/identity-facts.ts'
import {
  type CheckOutcome,
  type FoundIdentities,
  type IdentityStore,
  type PendingOutcome,
  StoreError,
} from '../identity-store.ts'
import { refuseNearItsEnd } from '../near-end.ts'
import { wordsOf } from './certificate-words.ts'
import type { CurrentPair } from './current-pair.ts'
import { dropFromToken } from './drop-from-token.ts'
import { strangers } from './explained.ts'
import { foundInToken, pendingRequest } from './found-in-token.ts'
import type { Held, HeldCertificate, Holdings } from './holdings.ts'
import { type Labels, labelsFor, nameOf } from './labels.ts'
import { noteAnew } from './lost-note.ts'
import { belongsTo } from './named-by-note.ts'
import { makePendingInToken } from './pending-in-token.ts'
import { type Look, placeInToken, repaired } from './place-in-token.ts'
import { provenBy } from './read-holdings.ts'
import { refuseUnsuitable } from './suitability.ts'
import type { TokenSession } from './token.ts'
import { settled } from './token-failure.ts'
import { adoptVersionOne } from './version-one-in-token.ts'
import { loggedIn, type TokenAccess } from './with-token.ts'

/** Identities as objects in a PKCS#11 token, told apart by their labels and switched by changing those. */
export class TokenIdentityStore implements IdentityStore {
  readonly #access: TokenAccess
  readonly #labels: Labels

  constructor(access: TokenAccess) {
    this.#access = access
    this.#labels = labelsFor(access.settings.label)
  }

  /** Every process gives this order first, so what a version 1 component left is taken over before any other. */
  async find(): Promise<FoundIdentities> {
    return this.#work(async (session, { isRepaired, ...look }) => {
      const isAdopted = await adoptVersionOne(session, this.#labels, look)
      const now = isAdopted ? await repaired(session, this.#labels) : look
      const found = foundInToken(now, this.#labels)
      const remark =
        found.remark ??
        remarkOn(isRepaired, isAdopted, this.#labels) ??
        remarkOnStrangers(now.holdings, this.#labels)
      return { ...found, remark }
    })
  }

  async makePending(execution: ExecutionId, algorithms: Algorithms, now: number): Promise<PendingOutcome> {
    try {
      return await this.#work(async (session, look) =>
        this.#makePending(session, look, execution, algorithms, now),
      )
    } catch (error) {
      if (!(error instanceof StoreError) || error.lookAgain) throw error
      return { kind: 'pending-not-made', code: error.code, reason: error.message }
    }
  }

  async #makePending(
    session: TokenSession,
    look: Look,
    execution: ExecutionId,
    algorithms: Algorithms,
    now: number,
  ): Promise<PendingOutcome> {
    const { holdings } = look
    const current = usable(look.pair)
    refuseNearItsEnd(current.certificate.facts, now)
    refuseUnsettled(foundInToken(look, this.#labels))
    refuseStrangers(holdings, this.#labels)
    await refuseUnsuitable(session, this.#labels, current, algorithms)
    refuseLeft(await dropFromToken(session, this.#labels, holdings), this.#labels)
    const csr = await makePendingInToken(session, this.#labels, { execution, algorithms, current })
    return {
      kind: 'pending-made',
      csrDigest: csrDigest(csr),
      oldCertificateId: current.certificate.certificateId,
    }
  }

  async pendingCsr(digest: CsrDigest): Promise<string | undefined> {
    return this.#work(async (_session, { holdings }) => {
      const csr = pendingRequest(holdings, this.#labels)
      return csr !== undefined && csrDigest(csr) === digest ? csr : undefined
    })
  }

  async checkCertificate(digest: CsrDigest, certificatePem: string, now: number): Promise<CheckOutcome> {
    return this.#work(async (session, look) =>
      this.#checkCertificate(session, look, digest, certificatePem, now),
    )
  }

  async #checkCertificate(
    session: TokenSession,
    { holdings, pair }: Look,
    digest: CsrDigest,
    certificatePem: string,
    now: number,
  ): Promise<CheckOutcome> {
    const { pending } = this.#labels
    const csr = pendingRequest(holdings, this.#labels)
    const key = holdings.keys.find(({ label, id }) => label === pending && id === holdings.note?.newId)
    if (csr === undefined || key === undefined || csrDigest(csr) !== digest) return { kind: 'pending-lost' }
    const facts = readCertificate(certificatePem)
    if (facts === undefined) return unreadable
    const { certificateId } = facts
    if ((await provenBy(session, key.handle, [{ certificateId, facts }])).length === 0) return ofAnotherKey
    const check = judgeBeside(pair.ok ? pair.certificate.facts : undefined, facts, now)
    if (check.kind !== 'certificate-usable') return check
    const before = holdings.certificates.filter(({ label }) => label === pending)
    if (!before.some(held => held.certificateId === certificateId && held.id === key.id)) {
      const words = wordsOf(facts.der)
      settled('store a certificate', await session.createCertificate(words, nameOf(pending, key.id)))
    }
    return { kind: check.kind, certificateId }
  }

  async place({ current, previous }: Placement): Promise<void> {
    await this.#work(async (session, look) => {
      refuseByHand(look, this.#labels, { current, previous })
      refuseProvisionedAnew(look.holdings, this.#labels, current)
      await noteAnew(session, this.#labels, look.holdings, { current, previous })
      if ((await placeInToken(session, this.#labels, current)) === undefined) throw lost(current)
    })
  }

  async drop(isLastTry = false): Promise<void> {
    await this.#work(async (session, { holdings, pair, isRepaired }) => {
      if (!pair.ok) {
        throw new StoreError('IDENTITY_UNUSABLE', `${pair.problem} Until then every stored identity is kept.`)
      }
      if (isRepaired) throw justRepaired(this.#labels)
      await dropFromToken(session, this.#labels, holdings, isLastTry)
    })
  }

  /** Every order begins with what the one before it may have left half done. */
  async #work<T>(
    work: (session: TokenSession, look: Look & { isRepaired: boolean }) => Promise<T>,
  ): Promise<T> {
    return loggedIn(this.#access, async session => work(session, await repaired(session, this.#labels)))
  }
}

function usable(pair: CurrentPair): Extract<CurrentPair, { ok: true }> {
  if (pair.ok) return pair
  throw new StoreError('IDENTITY_UNUSABLE', pair.problem)
}

/** A start at which the token could not be read does not know of it. */
function refuseUnsettled(found: FoundIdentities): void {
  if (!isUnsettled(found)) return
  throw new StoreError(
    'IDENTITY_UNUSABLE',
    `An earlier rotation of this device is not settled: certificate ${found.previous} is still kept beside the one in use. It is settled first.`,
    { lookAgain: true },
  )
}

/**
 * Where the other identity is not complete yet, nothing new would be found. What cannot be read and has an id of the
 * rotation's is what a token has left of a certificate.
 */
function refuseByHand({ holdings, pair }: Look, labels: Labels, placement: Placement): void {
  const { note } = holdings
  const isOther = ({ label, facts, id, certificateId }: HeldCertificate): boolean =>
    label === labels.current &&
    certificateId !== placement.current &&
    certificateId !== placement.previous &&
    (facts !== undefined || (id !== note?.oldId && id !== note?.newId))
  const other = holdings.certificates.find(isOther)
  if (other === undefined) return
  throw new StoreError(
    'INSTALL_FAILED',
    `Somebody put another identity in place (certificate ${other.certificateId}); it is left alone. Create a new job to rotate it.`,
    { lookAgain: pair.ok },
  )
}

/** Once OLD is put aside, one of another id than the note's could not be told from somebody's copy, and not be put back. */
function refuseProvisionedAnew(
  { certificates, keys, note }: Holdings,
  labels: Labels,
  wanted: CertificateId,
): void {
  const isNew = ({ label, id, certificateId }: HeldCertificate): boolean =>
    label === labels.pending && id === note?.newId && certificateId === wanted
  if (note === undefined || !certificates.some(isNew)) return
  const { oldId, oldCertificateId } = note
  const anew = [...certificates, ...keys].find(
    held => held.label === labels.current && held.id !== oldId && belongsTo(held, oldCertificateId),
  )
  if (anew === undefined) return
  throw new StoreError(
    'INSTALL_FAILED',
    `Somebody has put the identity in use (certificate ${oldCertificateId}) into the HSM anew in the middle of the rotation, with the id (CKA_ID) ${anew.id} where it was ${oldId}; nothing is touched. Create a new job to rotate it.`,
  )
}

/** Its switches need that slot for themselves. */
function refuseStrangers(holdings: Holdings, labels: Labels): void {
  const inTheWay = strangers(holdings, labels).filter(({ label }) => label === labels.previous)
  if (inTheWay.length === 0) return
  throw new StoreError(
    'HSM_UNSUITABLE',
    `The HSM holds an object labelled ${labels.previous} that belongs to no rotation, and a rotation needs that label: somebody has put it there, or the HSM did not let it be removed after an earlier rotation. Give the object another label, or remove it if nobody needs it.`,
  )
}

function refuseLeft(left: readonly Held[], { previous }: Labels): void {
  if (!left.some(({ label }) => label === previous)) return
  throw new StoreError(
    'HSM_UNSUITABLE',
    `The HSM does not let an object labelled ${previous} be removed that an earlier rotation has put there, and a rotation needs that label. Remove the object by other means, or give it another label.`,
  )
}

/** Whether that was the right thing to do shows when it is looked at anew. */
const justRepaired = ({ current }: Labels): StoreError =>
  new StoreError(
    'IDENTITY_UNUSABLE',
    `Certificate and key labelled ${current} in the HSM were incomplete and have just been completed. Nothing is dropped before they have been looked at again.`,
  )

const lost = (certificateId: CertificateId): StoreError =>
  new StoreError(
    'IDENTITY_LOST',
    `The identity of certificate ${certificateId} is not in the HSM any more. Create a new job to make another.`,
  )

function remarkOnStrangers(holdings: Holdings, labels: Labels): string | undefined {
  const found = [...new Set(strangers(holdings, labels).map(({ label }) => label))]
  return found.length === 0
    ? undefined
    : `The HSM holds objects labelled ${found.join(' and ')} that belong to no rotation: somebody has put them there, or the HSM did not let them be removed after one. They are left alone. Give them another label, or remove them if nobody needs them.`
}

function remarkOn(isRepaired: boolean, isAdopted: boolean, { current }: Labels): string | undefined {
  if (isAdopted) {
    return 'A version 1 component was replaced in the middle of its rotation, which is now finished.'
  }
  return isRepaired
    ? `Certificate and key labelled ${current} in the HSM were incomplete and are complete again.`
    : undefined
}
