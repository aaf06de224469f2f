import { constants, type KeyObject, verify } from 'node:crypto'
import { type Algorithms, hashLengths, signingAlgorithms } from '@rotator/protocol/algorithms'
import type { ExecutionId } from '@rotator/protocol/ids'
import { csrPem, makeCsr } from '@rotator/protocol/x509/csr'
import { StoreError } from '../identity-store.ts'
import type { CurrentPair } from './current-pair.ts'
import { type Labels, nameOf } from './labels.ts'
import { madeId } from './made-id.ts'
import { publicKeyOf } from './public-key.ts'
import { findAll } from './read-holdings.ts'
import { encodeNote } from './rotation-note.ts'
import { signInToken } from './signing.ts'
import { cannotSign } from './suitability.ts'
import type { ObjectHandle, TokenSession } from './token.ts'
import { settled } from './token-failure.ts'

export interface PendingWish {
  execution: ExecutionId
  algorithms: Algorithms
  current: Extract<CurrentPair, { ok: true }>
}

/**
 * Makes a key and its request in the pending slot, which is empty. The note comes last: without one, the key counts as
 * not made.
 *
 * @returns the request in PEM
 * @throws StoreError; what had been made is removed again, as far as the token lets it be
 */
export async function makePendingInToken(
  session: TokenSession,
  labels: Labels,
  wish: PendingWish,
): Promise<string> {
  const newId = madeId()
  const made = settled(
    'make a key',
    await session.generateKeyPair(wish.algorithms.keyAlgorithm, nameOf(labels.pending, newId)),
  )
  try {
    const publicKey = publicKeyOf(wish.algorithms.keyAlgorithm, made.publicKey)
    if (publicKey === undefined) throw misbehaved('made a key whose public half cannot be read')
    const csr = await requestFor(session, made.privateKey, publicKey, wish)
    const { id: oldId, certificateId: oldCertificateId } = wish.current.certificate
    const { execution } = wish
    const note = encodeNote({ newId, newCertificateId: null, oldId, oldCertificateId, execution, csr })
    settled('store what the rotation is for', await session.createData(labels.note, note))
    return csr
  } catch (error) {
    // What cannot be removed now is removed before the next key is made.
    await removeKey(session, labels, newId).catch(() => {})
    throw error
  }
}

async function requestFor(
  session: TokenSession,
  key: ObjectHandle,
  publicKey: KeyObject,
  { algorithms, current }: PendingWish,
): Promise<string> {
  const { signingAlgorithm } = algorithms
  const sign = async (bytes: Buffer): Promise<Buffer> => {
    const answer = await signInToken(session, key, signingAlgorithm, bytes, publicKey)
    if (!answer.ok) throw cannotSign(algorithms, answer)
    const { scheme, hash } = signingAlgorithms[signingAlgorithm]
    const padding =
      scheme === 'pss' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: hashLengths[hash] } : {}
    if (verify(hash, bytes, { key: publicKey, ...padding }, answer.value)) return answer.value
    throw misbehaved('signed a request wrongly')
  }
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const { subject } = current.certificate.facts
  return csrPem(await makeCsr({ subject, publicKey: spki, signingAlgorithm, sign }))
}

const misbehaved = (how: string): StoreError =>
  new StoreError('HSM_FAILED', `The HSM ${how}. Update its library, or look into its own log.`)

async function removeKey(session: TokenSession, labels: Labels, madeAs: string): Promise<void> {
  for (const objectClass of ['private-key', 'public-key'] as const) {
    for (const { handle, id } of await findAll(session, objectClass, [labels.pending])) {
      if (id === madeAs) settled('remove an object', await session.destroy(handle))
    }
  }
  await forgetRotation(session, labels)
}

export async function forgetRotation(session: TokenSession, { note }: Labels): Promise<void> {
  for (const handle of settled('be looked at', await session.find('data', note))) {
    settled('remove an object', await session.destroy(handle))
  }
}
