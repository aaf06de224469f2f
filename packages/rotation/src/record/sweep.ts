import { type CertificateId, type ExecutionId, sameExecution } from '@rotator/protocol/ids'
import { type ExecutionStatus, isOver } from '@rotator/protocol/messages/jobs'
import type { EndedEvent } from './events.ts'
import { belongsTo } from './execution.ts'
import { isOpen, type RotationRecord } from './record.ts'
import { isTold, toldLimit } from './told.ts'

/** A job execution of a thing, as AWS IoT Jobs lists it. Times are milliseconds since 1970. */
export interface ListedExecution extends ExecutionId {
  status: ExecutionStatus
  lastUpdatedAtMs: number
  /** Whether the device ever took it up: it was in progress. */
  hasBegun: boolean
}

export type EndedExecution = ListedExecution & { status: EndedEvent['status'] }

export const isEnded = (listed: ListedExecution): listed is EndedExecution => isOver(listed.status)

/**
 * Whether an operator, or the abort of its job, took it back before the device took it up. No rotation began,
 * and who took it back knows: where a job is cancelled, there is one of these for each device that is offline.
 *
 * A record can name it all the same: a device without a record, which has only one certificate, is believed whatever
 * execution it names. How that ended is decided and told as for every record.
 */
export const isWithdrawn = ({ status, hasBegun }: ListedExecution): boolean =>
  !hasBegun && (status === 'CANCELED' || status === 'REMOVED')

/** A sweep knows the number of every execution. */
export type NumberedEnd = EndedEvent & { execution: ExecutionId }

export const endOf = ({ jobId, executionNumber, status }: EndedExecution): NumberedEnd => ({
  kind: 'ended',
  execution: { jobId, executionNumber },
  status,
})

/** The ends that a sweep looks at, both limits included. Later ones may still be handled by their own event. */
export interface SweepWindow {
  sinceMs: number
  untilMs: number
}

/**
 * Whether the record still waits to hear how its own execution ended, or nobody was told of it.
 *
 * Never so for one that a version 1 backend began: it would take the end of any earlier job for its own.
 */
export function missesOwnEnd(record: RotationRecord): boolean {
  if (record.progress === 'none' || record.execution === undefined) return false
  return isUndecided(record) || !isTold(record, record.execution)
}

/**
 * Which ends of a thing to decide because of one that was seen.
 *
 * - none: it is dealt with
 * - this-end: nothing else can be missing
 * - all-ends: earlier tries of the same job may be missing, or the record cannot remember any more whether it was told
 */
export type Attention = 'none' | 'this-end' | 'all-ends'

export function attentionTo(record: RotationRecord, end: EndedExecution): Attention {
  if (isBegunByVersion1(record)) return 'none'
  const earlier = toldOf(record).filter(
    told => told.jobId === end.jobId && told.executionNumber < end.executionNumber,
  )
  if (earlier.length < end.executionNumber - 1) return 'all-ends'
  if (!isOutstanding(record, end)) return 'none'
  return toldOf(record).length >= toldLimit ? 'all-ends' : 'this-end'
}

const toldOf = (record: RotationRecord): readonly ExecutionId[] =>
  record.progress === 'none' ? [] : record.told

/**
 * Ends to decide as if their events came now, in this order, each on the record that the one before left.
 *
 * No more of a thing's last ends than a record remembers: an older one would be told again and again.
 *
 * @param executions all of the thing's that may be rotations. Where the record's own is not among them, AWS IoT Jobs
 * has deleted it.
 */
export function endsToDecide(
  record: RotationRecord,
  executions: readonly ListedExecution[],
  { sinceMs, untilMs }: SweepWindow,
): NumberedEnd[] {
  if (isBegunByVersion1(record)) return []
  const ended = executions
    .filter(isEnded)
    .filter(({ lastUpdatedAtMs }) => lastUpdatedAtMs <= untilMs)
    .toSorted((a, b) => a.lastUpdatedAtMs - b.lastUpdatedAtMs)
  const tellable = ended.filter(end => end.lastUpdatedAtMs >= sinceMs && !isWithdrawn(end))
  const lately = new Set(tellable.slice(-toldLimit))
  const due = ended.filter(end => (lately.has(end) || isOwn(record, end)) && isOutstanding(record, end))
  return [...due.map(endOf), ...ownDeleted(record, executions)]
}

function ownDeleted(record: RotationRecord, executions: readonly ListedExecution[]): NumberedEnd[] {
  if (record.progress === 'none' || record.execution === undefined || !missesOwnEnd(record)) return []
  const { execution } = record
  const isListed = executions.some(listed => sameExecution(listed, execution))
  return isListed ? [] : [{ kind: 'ended', execution, status: 'DELETED' }]
}

/** Whether it matters which component reported this end; it costs a call to know. */
export const dependsOnReporter = (record: RotationRecord, { execution, status }: EndedEvent): boolean =>
  status === 'FAILED' && isUndecided(record) && belongsTo(record, execution)

/** What of a settled record's certificates has been waiting to go for so long that its message must be lost. */
export function retiringAnew(
  record: RotationRecord,
  { recordedAtMs, overdueMs }: { recordedAtMs: number; overdueMs: number },
): readonly CertificateId[] {
  return record.progress === 'settled' && recordedAtMs <= overdueMs ? record.retiring : []
}

const isBegunByVersion1 = (record: RotationRecord): boolean =>
  isOpen(record) && record.execution === undefined

/** A rotation that only the end of its execution can decide, whatever was told of that before. */
const isUndecided = (record: RotationRecord): boolean => isOpen(record) && record.progress !== 'held'

const isOwn = (record: RotationRecord, end: ListedExecution): boolean => belongsTo(record, end)

function isOutstanding(record: RotationRecord, end: ListedExecution): boolean {
  if (isOwn(record, end)) return isUndecided(record) || !isTold(record, end)
  return !isTold(record, end) && end.status !== 'SUCCEEDED' && !isWithdrawn(end)
}
