import { decided, need, notice } from './answers.ts'
import type { Decided, Decision, Notice } from './decision.ts'
import type { EndedEvent, Facts } from './events.ts'
import { belongsTo, executionId } from './execution.ts'
import { hold, settleOn, tombstone } from './moves.ts'
import { isOpen, type OpenRecord, type RotationRecord, type SettledRecord } from './record.ts'
import type { RowId } from './rows.ts'
import { isTold, noteTold } from './told.ts'

/** Decides what the end of an execution means for the certificates. */
export function decideEnded(record: RotationRecord, event: EndedEvent, facts: Facts): Decision {
  if (record.progress === 'none' || !belongsTo(record, event.execution)) return beside(record, event)
  if (isUnnumbered(record, event)) {
    if (facts.recordExecution === undefined) return need('record-execution')
    // An earlier try of the same job has ended; the record's is still running.
    if (facts.recordExecution !== 'over') return loggedOnly(record, event)
  }
  if (record.progress === 'settled' || record.progress === 'held') return again(record, event)
  const own = { ...record, execution: record.execution ?? executionId(event.execution) }
  return record.progress === 'committed' ? endOfCommitted(own, event) : endOfUncommitted(own, event)
}

const isUnnumbered = (record: OpenRecord | SettledRecord, { execution }: EndedEvent): boolean =>
  record.execution !== undefined && execution.executionNumber === undefined

function endOfUncommitted(record: OpenRecord, event: EndedEvent): Decided {
  if (event.status === 'SUCCEEDED') return holds('ended: SUCCEEDED without a commit', record, event)
  if (isLeftOpen(record, event)) return holds('ended: version 1 left it open', record, event)
  const next = settleOn(record, 'old')
  return { ...told('ended: without success, OLD stays', next, event, 'old-kept'), queue: next.retiring }
}

/**
 * A device of version 1 does not notice the end by itself: it may stay on NEW, and must be able to. Nor does its FAILED
 * tell anything of a rotation that a device of version 2 began.
 */
const isLeftOpen = ({ madeBy }: OpenRecord, { status, reporter }: EndedEvent): boolean =>
  madeBy === 'v1' ? status !== 'FAILED' : status === 'FAILED' && reporter === 'v1'

function endOfCommitted(record: OpenRecord, event: EndedEvent): Decided {
  if (event.status !== 'SUCCEEDED') return holds('ended: committed without success', record, event)
  const next = noteTold(settleOn(record, 'new'), record.execution)
  return decided('ended: SUCCEEDED', { next, queue: next.retiring })
}

const holds = (row: RowId, record: OpenRecord, event: EndedEvent): Decided =>
  told(row, hold(record), event, 'both-kept')

/** Told only after it is written, and noted as told only after it was told. */
const told = (
  row: RowId,
  next: OpenRecord | SettledRecord,
  event: EndedEvent,
  kind: Notice['kind'],
): Decided =>
  decided(row, { next, tell: notice(kind, event, next), afterTelling: noteTold(next, next.execution) })

function again(record: OpenRecord | SettledRecord, event: EndedEvent): Decided {
  const decision = decided('ended: again', { queue: record.retiring })
  if (record.execution !== undefined && isTold(record, record.execution)) return decision
  const afterTelling = noteTold(record, record.execution)
  // A rotation that was confirmed before its SUCCEEDED came: noted, so that its deletion is not taken for news.
  if (event.status === 'SUCCEEDED' && isSettledOnNew(record)) return { ...decision, next: afterTelling }
  return { ...decision, tell: notice(kindOf(record), event, record), afterTelling }
}

const isSettledOnNew = ({ progress, keep, newCertificateId }: OpenRecord | SettledRecord): boolean =>
  progress === 'settled' && keep !== undefined && keep === newCertificateId

function kindOf(record: OpenRecord | SettledRecord): Notice['kind'] {
  if (isOpen(record)) return 'both-kept'
  if (record.tombstone) return 'ended-without-certificate'
  return isSettledOnNew(record) ? 'new-kept' : 'old-kept'
}

/** The end of an execution that the record does not belong to. */
function beside(record: RotationRecord, event: EndedEvent): Decided {
  const execution = executionId(event.execution)
  if (isOpen(record) || execution === undefined || isTold(record, execution)) return loggedOnly(record, event)
  const next = tombstone(record, execution)
  return isNews(record, event)
    ? told('ended: tombstone', next, event, 'ended-without-certificate')
    : decided('ended: tombstone', { next: noteTold(next, execution) })
}

function loggedOnly(record: RotationRecord, event: EndedEvent): Decided {
  const row = 'ended: another execution'
  if (!isNews(record, event) || isTold(record, event.execution)) return decided(row)
  const tell = notice(isOpen(record) ? 'ended-beside' : 'ended-without-certificate', event, record)
  if (record.progress === 'none') return decided(row, { tell })
  return decided(row, { tell, afterTelling: noteTold(record, executionId(event.execution)) })
}

/** Without any record even a success is news: nobody knows whether the old certificate went. */
const isNews = (record: RotationRecord, event: EndedEvent): boolean =>
  event.status !== 'SUCCEEDED' || record.progress === 'none'
