import { type KeyObject, randomBytes } from 'node:crypto'
import { type Algorithms, signingAlgorithms } from '@rotator/protocol/algorithms'
import { StoreError } from '../identity-store.ts'
import { algorithmRefusal, lacks } from './algorithm-refusal.ts'
import { wordsOf } from './certificate-words.ts'
import type { CurrentPair } from './current-pair.ts'
import type { Held, HeldCertificate } from './holdings.ts'
import { type Labels, nameOf } from './labels.ts'
import { madeId } from './made-id.ts'
import { isMissing, signInToken } from './signing.ts'
import type { ObjectHandle, TokenAnswer, TokenFailure, TokenSession } from './token.ts'
import { failed, isImpossible, settled } from './token-failure.ts'

type Pair = Extract<CurrentPair, { ok: true }>

/**
 * Refuses what a rotation would fail in later, before anything is made that lasts.
 *
 * The token is asked by doing what a switch does, in ways that change nothing: the key in use is given the label and id
 * that it has already, for it may be a key that must not be changed in a token that changes others. Only where that is
 * refused is a copy made of it, which is gone with the session.
 *
 * @throws StoreError
 */
export async function refuseUnsuitable(
  session: TokenSession,
  labels: Labels,
  { certificate, key }: Pair,
  algorithms: Algorithms,
): Promise<void> {
  if (session.flags.isReadOnly) throw unsuitable('it is read-only. Make the token writable')
  const refusal = await algorithmRefusal(session, algorithms)
  if (refusal !== undefined) throw new StoreError('ALGORITHM_NOT_ALLOWED', refusal)
  await refuseSigning(session, key.handle, certificate.facts.publicKey, algorithms)
  await refuseImmovable(session, labels, key)
  await refuseUnstorable(session, labels, certificate)
}

const unsuitable = (why: string): StoreError =>
  new StoreError('HSM_UNSUITABLE', `The HSM cannot be used for a rotation: ${why}.`)

/** Shown by the key in use where it is of the same kind; otherwise the new key's own signature shows it. */
async function refuseSigning(
  session: TokenSession,
  key: ObjectHandle,
  publicKey: KeyObject,
  algorithms: Algorithms,
): Promise<void> {
  const { family } = signingAlgorithms[algorithms.signingAlgorithm]
  if (publicKey.asymmetricKeyType !== family.toLowerCase()) return
  const answer = await signInToken(session, key, algorithms.signingAlgorithm, randomBytes(32), publicKey)
  if (!answer.ok) throw cannotSign(algorithms, answer)
}

export const cannotSign = (algorithms: Algorithms, answer: TokenFailure): StoreError =>
  isMissing(answer.ckr)
    ? new StoreError('ALGORITHM_NOT_ALLOWED', lacks(algorithms, `the mechanism (${answer.ckr})`))
    : failed('sign', answer)

async function refuseImmovable(session: TokenSession, labels: Labels, key: Held): Promise<void> {
  const itsName = nameOf(key.label, key.id)
  const relabelled = await session.relabel(key.handle, itsName)
  if (relabelled.ok) return
  if (!isImpossible(relabelled.ckr)) throw failed('relabel a key', relabelled)
  const copied = await session.copy(key.handle, nameOf(labels.pending, key.id), false)
  if (copied.ok) {
    const removed = await session.destroy(copied.value)
    if (removed.ok) return
    if (!isImpossible(removed.ckr)) throw failed('remove a copy', removed)
    throw unsuitable(
      `it can neither relabel the private key in use (C_SetAttributeValue: ${relabelled.ckr}) nor remove it once it is copied (C_DestroyObject: ${removed.ckr}). Put a key into it that is CKA_MODIFIABLE or CKA_DESTROYABLE, or rotate this device by hand`,
    )
  }
  if (!isImpossible(copied.ckr)) throw failed('copy a key', copied)
  throw unsuitable(
    `it can neither relabel the private key in use (C_SetAttributeValue: ${relabelled.ckr}) nor copy it (C_CopyObject: ${copied.ckr}). Put a key into it that is CKA_MODIFIABLE or CKA_COPYABLE, or rotate this device by hand`,
  )
}

/** With a request of RSA-3072 in it, and a subject of some length. */
const longestNote = Buffer.alloc(2_500, ' ')

/** Both are made as those of a rotation, so that what a cut leaves of them goes as those do. */
async function refuseUnstorable(
  session: TokenSession,
  labels: Labels,
  certificate: HeldCertificate,
): Promise<void> {
  const made = await session.createCertificate(wordsOf(certificate.der), nameOf(labels.pending, madeId()))
  await refuseUncreated(session, made, 'a certificate')
  const note = await session.createData(labels.note, longestNote)
  await refuseUncreated(session, note, 'a data object as long as a note')
}

async function refuseUncreated(
  session: TokenSession,
  made: TokenAnswer<ObjectHandle>,
  what: string,
): Promise<void> {
  if (made.ok) {
    settled(`remove ${what}`, await session.destroy(made.value))
    return
  }
  if (!isImpossible(made.ckr)) throw failed(`store ${what}`, made)
  throw unsuitable(`it does not store ${what} (${made.call}: ${made.ckr}). Rotate this device by hand`)
}
