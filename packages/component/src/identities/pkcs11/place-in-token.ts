import type { CertificateId } from '@rotator/protocol/ids'
import { StoreError } from '../identity-store.ts'
import { wordsOf } from './certificate-words.ts'
import { type CurrentPair, currentPair } from './current-pair.ts'
import { strangeKey } from './explained.ts'
import type { Held, Holdings } from './holdings.ts'
import { type Labels, nameOf } from './labels.ts'
import { leftAside, planPlacement, type Step, type Way } from './placement-plan.ts'
import { provenBy, readHoldings } from './read-holdings.ts'
import { repairGoal } from './repair-goal.ts'
import type { ObjectHandle, TokenAnswer, TokenSession } from './token.ts'
import { failed, isImpossible, settled } from './token-failure.ts'

/** What is in the token, and what the nucleus would make of it. */
export interface Look {
  holdings: Holdings
  pair: CurrentPair
}

export async function lookAt(session: TokenSession, labels: Labels): Promise<Look> {
  const holdings = await readHoldings(session, labels)
  return { holdings, pair: currentPair(holdings, labels) }
}

/** Completes or takes back what a cut left half done, then says what is there. */
export async function repaired(
  session: TokenSession,
  labels: Labels,
): Promise<Look & { isRepaired: boolean }> {
  const look = await lookAt(session, labels)
  const goal = look.pair.ok ? undefined : repairGoal(look.holdings, labels)
  const placed = goal === undefined ? undefined : await placeInToken(session, labels, goal)
  return placed === undefined ? { ...look, isRepaired: false } : { ...placed, isRepaired: true }
}

/**
 * Makes an identity that the token holds the current one: by new labels, or by copies where the token does not relabel
 * one of the keys. What has been done by the one way is part of the other.
 *
 * What is left of it elsewhere goes last, when it has been seen where it belongs.
 *
 * @returns what is there now; undefined where that identity is not
 */
export async function placeInToken(
  session: TokenSession,
  labels: Labels,
  goal: CertificateId,
): Promise<Look | undefined> {
  const byLabels = await takeAll(session, labels, goal, 'relabel')
  const outcome = byLabels === 'unmoved' ? await takeAll(session, labels, goal, 'copy') : byLabels
  if (outcome === 'unmoved') throw unmovable(labels, goal)
  if (outcome === 'missing') return undefined
  const look = await lookAt(session, labels)
  refuseUnplaced(look, goal)
  return tidied(session, labels, look, goal)
}

/** A token that says yes and does something else is not believed. */
function refuseUnplaced({ pair }: Look, wanted: CertificateId): void {
  if (pair.ok && pair.certificate.certificateId === wanted) return
  const problem = pair.ok ? `It holds certificate ${pair.certificate.certificateId} there.` : pair.problem
  throw new StoreError(
    'HSM_FAILED',
    `The HSM said that it did everything, but certificate ${wanted} is not in use after it. ${problem}`,
  )
}

async function tidied(
  session: TokenSession,
  labels: Labels,
  { holdings, pair }: Look,
  goal: CertificateId,
): Promise<Look> {
  const gone = new Set<ObjectHandle>()
  for (const { handle } of leftAside(holdings, labels, goal)) {
    const destroyed = await session.destroy(handle)
    if (destroyed.ok) gone.add(handle)
    // Beside the pair in use it disturbs nobody before the next rotation, which is refused for it.
    else if (!isImpossible(destroyed.ckr)) throw failed('remove an object', destroyed)
  }
  const isThere = ({ handle }: Held): boolean => !gone.has(handle)
  const keys = holdings.keys.filter(isThere)
  const certificates = holdings.certificates.filter(isThere)
  return { holdings: { ...holdings, keys, certificates }, pair }
}

/** `unmoved`: this token, or this key, does not let itself be relabelled. */
async function takeAll(
  session: TokenSession,
  labels: Labels,
  goal: CertificateId,
  way: Way,
): Promise<'placed' | 'missing' | 'unmoved'> {
  const holdings = await readHoldings(session, labels)
  if (strangeKey(holdings, labels) !== undefined) throw byHand(labels)
  const steps = planPlacement(holdings, labels, goal, way)
  if (steps === undefined) return 'missing'
  for (const step of steps) {
    const answer = await take(session, step, holdings)
    if (answer.ok) continue
    if (step.kind === 'relabel-key' && isImpossible(answer.ckr)) return 'unmoved'
    throw failed(doing[step.kind], answer)
  }
  return 'placed'
}

const byHand = ({ current }: Labels): StoreError =>
  new StoreError(
    'INSTALL_FAILED',
    `The private key labelled ${current} in the HSM belongs to no certificate in it, so somebody is putting another identity in place; nothing is touched. Finish that, then create a new job to rotate the device.`,
  )

/** A key of no certificate has nothing to show that a copy of it is whole, so it is not destroyed for one. */
const unmovable = ({ current, pending, versionOneBackup }: Labels, goal: CertificateId): StoreError =>
  new StoreError(
    'HSM_UNSUITABLE',
    `The HSM holds no certificate labelled ${current}, as after a version 1 rollback that was cut short, and does not let the private key labelled ${current} be relabelled, which belongs to no certificate in it. The identity to put in its place (certificate ${goal}) lies whole under the label ${versionOneBackup}. Copy that key to the label ${pending} if anybody needs it, and remove it from the label ${current}, with the HSM's own tools; leave everything labelled ${versionOneBackup}. It is then put in place by itself.`,
  )

const doing: Readonly<Record<Step['kind'], string>> = {
  'create-certificate': 'store a certificate',
  'relabel-key': 'relabel a private key',
  'copy-key': 'copy a private key',
  destroy: 'remove an object',
}

async function take(session: TokenSession, step: Step, holdings: Holdings): Promise<TokenAnswer<unknown>> {
  switch (step.kind) {
    case 'create-certificate':
      return session.createCertificate(wordsOf(step.certificate.der), nameOf(step.label, step.id))
    case 'relabel-key':
      return session.relabel(step.key.handle, nameOf(step.label, step.id))
    case 'copy-key':
      return copyProven(session, step, holdings)
    case 'destroy':
      return session.destroy(step.handle)
  }
}

/** A copy counts once it has signed for what the original signs for: the original is destroyed next. */
async function copyProven(
  session: TokenSession,
  { key, label, id }: Extract<Step, { kind: 'copy-key' }>,
  { certificates }: Holdings,
): Promise<TokenAnswer<unknown>> {
  const copied = await session.copy(key.handle, nameOf(label, id), true)
  if (!copied.ok) return copied
  const proven = await provenBy(session, copied.value, certificates)
  const isProven = key.proves.length > 0 && key.proves.every(one => proven.includes(one))
  if (isProven) return copied
  settled('remove a copy', await session.destroy(copied.value))
  throw new StoreError(
    'HSM_FAILED',
    "The HSM made a copy of a private key that does not sign as the key does, so the key stays where it is. Look into the HSM's own log.",
  )
}
