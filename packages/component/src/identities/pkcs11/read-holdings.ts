import { randomBytes, verify } from 'node:crypto'
import type { CertificateId } from '@rotator/protocol/ids'
import { certificateId } from '@rotator/protocol/x509/certificate'
import { encodePem } from '@rotator/protocol/x509/pem'
import { readCertificate } from '../../keys/identity-facts.ts'
import { neededBy } from './explained.ts'
import type { Held, HeldCertificate, HeldKey, Holdings } from './holdings.ts'
import { type Labels, slotLabels } from './labels.ts'
import { decodeNote, type RotationNote } from './rotation-note.ts'
import { isMissing, signInToken } from './signing.ts'
import type { ObjectClass, ObjectHandle, TokenAnswer, TokenSession } from './token.ts'
import { settled } from './token-failure.ts'

const looking = 'be looked at'
const signing = 'sign with a key that it holds'

/**
 * Reads all slots. Which key belongs to which certificate is proven by a signature, not taken from their ids. An object that
 * does not do what it is asked for is waited for only where it may be needed.
 */
export async function readHoldings(session: TokenSession, labels: Labels): Promise<Holdings> {
  const heldCertificates = await findAll(session, 'certificate', slotLabels(labels))
  const heldKeys = await findAll(session, 'private-key', slotLabels(labels))
  const publicKeys = await findAll(session, 'public-key', slotLabels(labels))
  const note = await readNote(session, labels)
  const isNeeded = neededBy([...heldCertificates, ...heldKeys], note, labels)
  const isOfNobody = (held: Held, answer: TokenAnswer<unknown>): boolean =>
    !answer.ok && !isOfMoment(answer.ckr) && !isNeeded(held)
  const certificates: HeldCertificate[] = []
  for (const held of heldCertificates) {
    const value = await session.readValue(held.handle)
    const der = isOfNobody(held, value) ? Buffer.alloc(0) : settled(looking, value)
    const facts = readCertificate(encodePem('CERTIFICATE', der))
    certificates.push({ ...held, der, certificateId: certificateId(der), facts })
  }
  const keys: HeldKey[] = []
  for (const held of heldKeys) {
    const proof = await prove(session, held.handle, certificates)
    keys.push({ ...held, proves: isOfNobody(held, proof) ? [] : settled(signing, proof) })
  }
  return { certificates, keys, publicKeys, note }
}

/** All objects of a class under these labels, label by label. */
export async function findAll(
  session: TokenSession,
  objectClass: ObjectClass,
  labels: readonly string[],
): Promise<Held[]> {
  const found: Held[] = []
  for (const label of labels) {
    for (const handle of settled(looking, await session.find(objectClass, label))) {
      found.push({ handle, label, id: settled(looking, await session.readId(handle)).toString('hex') })
    }
  }
  return found
}

async function readNote(session: TokenSession, { note }: Labels): Promise<RotationNote | undefined> {
  for (const handle of settled(looking, await session.find('data', note))) {
    const read = decodeNote(settled(looking, await session.readValue(handle)))
    if (read !== undefined) return read
  }
  return undefined
}

/** Return values that say of the key, and not of the moment, that it does not sign. */
const saysNo = (ckr: string): boolean =>
  isMissing(ckr) ||
  ['CKR_KEY_FUNCTION_NOT_PERMITTED', 'CKR_KEY_TYPE_INCONSISTENT', 'CKR_KEY_SIZE_RANGE'].includes(ckr)

/** Return values that say of the token, or of the session, and of no key, that it does not sign now. */
const isOfMoment = (ckr: string): boolean => /^CKR_(?:CRYPTOKI|DEVICE|HOST|SESSION|TOKEN|USER)_/u.test(ckr)

type Provable = Pick<HeldCertificate, 'certificateId' | 'facts'>

/**
 * @returns those of the certificates whose key this is
 * @throws StoreError
 */
export const provenBy = async (
  session: TokenSession,
  key: ObjectHandle,
  certificates: readonly Provable[],
): Promise<CertificateId[]> => settled(signing, await prove(session, key, certificates))

async function prove(
  session: TokenSession,
  key: ObjectHandle,
  certificates: readonly Provable[],
): Promise<TokenAnswer<CertificateId[]>> {
  const type = await session.readKeyType(key)
  if (!type.ok) return type
  const family = type.value.toLowerCase()
  const likely = certificates.filter(({ facts }) => facts?.publicKey.asymmetricKeyType === family)
  if (likely.length === 0) return { ok: true, value: [] }
  const bytes = randomBytes(32)
  const algorithm = family === 'rsa' ? 'SHA256WITHRSA' : 'ECDSA-WITH-SHA256'
  const answer = await signInToken(session, key, algorithm, bytes)
  if (!answer.ok) return saysNo(answer.ckr) ? { ok: true, value: [] } : answer
  const isItsKey = ({ facts }: Pick<HeldCertificate, 'facts'>): boolean =>
    facts !== undefined && verify('sha256', bytes, facts.publicKey, answer.value)
  return { ok: true, value: likely.filter(isItsKey).map(certificate => certificate.certificateId) }
}
