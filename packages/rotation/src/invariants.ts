import type { CertificateId } from '@rotator/protocol/ids'
import type { EndStatus, RecordEvent } from './record/events.ts'
import { isOpen, type RotationRecord, type SettledRecord } from './record/record.ts'

/**
 * The rules that nothing may break, as far as they can be seen from outside: a simulation asks after every step.
 *
 * 1. The device holds, durably, a complete identity that the cloud accepts, or both candidates.
 * 2. Silence decides nothing.
 * 3. The device goes back only on evidence, or as a question.
 * 4. FAILED is reported only when the record agrees that the device is on OLD, SUCCEEDED only after a commit.
 * 5. Only what was decided to go is retired, or was never attached; nothing that stays or is on trial.
 * 6. No private key leaves its device, as far as text shows it: the rest is a matter of code and types.
 * 8. At rest one active certificate is attached, and the operators know of every rotation that did not succeed.
 *
 * Rule 7 (every step may be cut, repeated, delayed or reordered) is how a simulation runs.
 */
export type Rule = 1 | 2 | 3 | 4 | 5 | 6 | 8

export interface Violation {
  rule: Rule
  problem: string
}

/** A certificate as the registry has it; one that was deleted is not in the list. */
export interface CertificateView {
  certificateId: CertificateId
  isActive: boolean
  isAttached: boolean
}

export interface DeviceView {
  /** The certificate whose identity the nucleus would load now. */
  current: CertificateId | undefined
  /** The certificates of every complete identity on durable storage, the current one too: the key fits, nothing is torn. */
  complete: readonly CertificateId[]
}

const violation = (isBroken: boolean, rule: Rule, problem: string): Violation[] =>
  isBroken ? [{ rule, problem }] : []

const accepts = (certificates: readonly CertificateView[], id: CertificateId): boolean =>
  certificates.some(
    ({ certificateId, isActive, isAttached }) => certificateId === id && isActive && isAttached,
  )

/** Rule 1, after every step of anybody. Not for a thing whose OLD somebody else has taken away. */
export function brokenByStorage(
  record: RotationRecord,
  certificates: readonly CertificateView[],
  { complete }: DeviceView,
): Violation[] {
  const isAccepted = complete.some(id => accepts(certificates, id))
  const holdsBoth =
    isOpen(record) && complete.includes(record.oldCertificateId) && complete.includes(record.newCertificateId)
  return violation(!isAccepted && !holdsBoth, 1, 'the device holds no identity that the cloud accepts')
}

/** Rule 2 and the shape of the record, after every write. */
export function brokenByWrite(
  before: RotationRecord,
  event: RecordEvent,
  after: RotationRecord,
): Violation[] {
  return [
    ...brokenByShape(after),
    ...violation(
      isSettledBySilence(before, event, after),
      2,
      'settled without the word of the device or an end',
    ),
    ...violation(!keepsItsSide(before, event, after), 2, 'a settled record changed sides'),
    ...violation(losesWithoutRetiring(before, event, after), 5, 'an id left retiring and was not retired'),
  ]
}

/** What stays or is on trial is never among what goes. */
export function brokenByShape(record: RotationRecord): Violation[] {
  if (record.progress === 'none') return []
  const { keep, oldCertificateId, newCertificateId, retiring, superseded } = record
  const needed = isOpen(record) ? [keep, oldCertificateId, newCertificateId] : [keep]
  const goes = needed.some(id => id !== undefined && [...retiring, ...superseded].includes(id))
  const isUnkept = isOpen(record) && keep !== oldCertificateId
  return [
    ...violation(goes, 5, 'a certificate in use stands among those to retire'),
    ...violation(isUnkept, 2, 'an open record keeps another certificate than OLD'),
  ]
}

function isSettledBySilence(before: RotationRecord, event: RecordEvent, after: RotationRecord): boolean {
  if (!isOpen(before) || after.progress !== 'settled') return false
  const { progress, oldCertificateId, newCertificateId } = before
  const isCommitted = progress === 'committed' || progress === 'held'
  if (after.keep === newCertificateId) {
    const isWordOfNew = event.kind === 'commit' && event.principal === newCertificateId && event.confirmed
    const isSuccess = event.kind === 'ended' && event.status === 'SUCCEEDED' && progress === 'committed'
    return !isCommitted || !(isWordOfNew || isSuccess)
  }
  const isWordOfOld = event.kind === 'commit' && event.principal === oldCertificateId && progress === 'held'
  const isEnd = event.kind === 'ended' && event.status !== 'SUCCEEDED' && !isCommitted
  return after.keep !== oldCertificateId || !(isWordOfOld || isEnd)
}

function keepsItsSide(before: RotationRecord, event: RecordEvent, after: RotationRecord): boolean {
  if (before.progress !== 'settled' || before.keep === undefined || event.kind === 'create') return true
  if (after.progress === 'held') return isWordOfTheOnlyOne(before, event)
  return after.progress === 'settled' && after.keep === before.keep
}

/** OLD is lost on the device: NEW is not retired, though the record was settled on OLD. */
const isWordOfTheOnlyOne = ({ keep, newCertificateId }: SettledRecord, event: RecordEvent): boolean =>
  event.kind === 'commit' && event.alone && event.principal === newCertificateId && keep !== newCertificateId

function losesWithoutRetiring(before: RotationRecord, event: RecordEvent, after: RotationRecord): boolean {
  if (before.progress === 'none') return false
  const left = before.retiring.filter(id => after.progress === 'none' || !after.retiring.includes(id))
  return left.some(id => {
    const isRetired = event.kind === 'retired' && event.certificateId === id
    const isInUse = (event.kind === 'create' || event.kind === 'commit') && event.principal === id
    return !isRetired && !isInUse
  })
}

/** Why a device that had switched goes back to OLD. */
export type Evidence = 'final-rejection' | 'new-refused-old-accepted' | 'as-a-question'

/** Rule 3, whenever the current identity of a device has changed from NEW to OLD. */
export const brokenByRollback = (evidence: Evidence | undefined): Violation[] =>
  violation(evidence === undefined, 3, 'the device went back to OLD without evidence')

/**
 * Rule 4, when the end of the record's own execution is reported.
 *
 * @param hasSwitched whether NEW ever was current on the device.
 */
export function brokenByReport(
  record: RotationRecord,
  report: { status: 'SUCCEEDED' | 'FAILED'; hasSwitched: boolean },
): Violation[] {
  const { progress } = record
  const isOnNew =
    progress === 'settled' && record.keep !== undefined && record.keep === record.newCertificateId
  if (report.status === 'SUCCEEDED') {
    const isCommitted = progress === 'committed' || progress === 'held' || isOnNew
    return violation(!isCommitted, 4, `SUCCEEDED was reported on a record that is ${progress}`)
  }
  // A record that was settled on P because there was none names P as NEW, and P may be OLD.
  const isAgainst = progress === 'created' || progress === 'committed' || progress === 'held'
  const agrees = !isAgainst && !(isOnNew && record.oldCertificateId !== undefined)
  return violation(report.hasSwitched && !agrees, 4, `FAILED was reported on a record that is ${progress}`)
}

/** Rule 5, before every step of a retirement; said once more than where the product decides, which may be wrong. */
export function brokenByRetiring(
  record: RotationRecord,
  id: CertificateId,
  wasNeverAttached: boolean,
): Violation[] {
  if (record.progress === 'none') return violation(true, 5, 'a certificate was retired without a record')
  const { keep, oldCertificateId, newCertificateId, retiring, superseded } = record
  const isOnTrial = isOpen(record) && [oldCertificateId, newCertificateId].includes(id)
  return [
    ...violation(id === keep, 5, 'the certificate that stays was retired'),
    ...violation(isOnTrial, 5, 'a certificate of an open rotation was retired'),
    ...violation(superseded.includes(id), 5, 'a certificate was retired that a device may return to'),
    ...violation(
      !retiring.includes(id) && !wasNeverAttached,
      5,
      'a certificate was retired that nobody decided to retire',
    ),
  ]
}

/** Where a component writes for others, or for itself beside its keys. */
export type LetOut = 'a message' | 'a line of the log' | 'the journal'

/** Rule 6, for every text that leaves a component. */
export const brokenByLetOut = (where: LetOut, text: string): Violation[] =>
  violation(text.includes('PRIVATE KEY'), 6, `a private key stands in ${where}`)

/** An execution that is over, and whether the operators heard of it. */
export interface EndedExecution {
  status: EndStatus
  isTold: boolean
}

/** What only whoever watched a thing all along knows of it, and by default nothing of the kind. */
export interface WatchedAtRest {
  /** Certificates that a record has named: all but the one that stays are gone at rest, whatever took them out of it. */
  named: ReadonlySet<CertificateId>
  /** Somebody deleted the record since it was last settled; then two certificates may stay, and the operators were told. */
  isRecordLost: boolean
  /** Somebody else spoke in the device's name: the record may stay held, and both certificates with it. */
  isImpersonated: boolean
  /** A version 1 device may return to what it left behind, which therefore waits until a rotation is settled on NEW. */
  isVersionOne: boolean
}

const ownDevice: WatchedAtRest = {
  named: new Set(),
  isRecordLost: false,
  isImpersonated: false,
  isVersionOne: false,
}

/** Rule 8, when nothing is under way any more. */
export function brokenAtRest(
  record: RotationRecord,
  certificates: readonly CertificateView[],
  device: DeviceView,
  executions: readonly EndedExecution[],
  watched: WatchedAtRest = ownDevice,
): Violation[] {
  const active = certificates.filter(({ isActive, isAttached }) => isActive && isAttached)
  const waiting = watched.isVersionOne && record.progress !== 'none' ? record.superseded.length : 0
  const most = (watched.isRecordLost || mayBeOpen(record, watched) ? 2 : 1) + waiting
  const untold = executions.filter(({ status, isTold }) => status !== 'SUCCEEDED' && !isTold)
  const isConnectable = device.current !== undefined && accepts(certificates, device.current)
  return [
    ...violation(active.length > most, 8, `${active.length} certificates are active and attached`),
    ...violation(!isConnectable, 8, 'the cloud does not accept the certificate that the device uses'),
    ...violation(untold.length > 0, 8, `${untold.length} executions failed and nobody was told`),
    ...brokenByRemains(record, certificates, watched),
  ]
}

/** Only who reports nothing by himself, or is spoken for, leaves both in play. */
const mayBeOpen = (record: RotationRecord, { isImpersonated, isVersionOne }: WatchedAtRest): boolean =>
  record.progress === 'held' && (isImpersonated || isVersionOne)

function brokenByRemains(
  record: RotationRecord,
  certificates: readonly CertificateView[],
  watched: WatchedAtRest,
): Violation[] {
  const { named, isVersionOne } = watched
  if (record.progress === 'none') return []
  const { progress, keep, retiring, superseded } = record
  const waiting = isVersionOne ? superseded : []
  const isDecided = progress === 'settled' && keep !== undefined
  const left = certificates.filter(
    ({ certificateId: id }) => named.has(id) && id !== keep && !waiting.includes(id),
  )
  return [
    ...violation(isOpen(record) && !mayBeOpen(record, watched), 8, `the record is still ${progress}`),
    ...violation(retiring.length > 0, 8, `${retiring.length} certificates are still to be retired`),
    ...violation(
      superseded.length > 0 && !isVersionOne,
      8,
      `${superseded.length} certificates are left behind`,
    ),
    ...violation(
      isDecided && left.length > 0,
      8,
      `${left.length} certificates that were decided to go exist`,
    ),
  ]
}
