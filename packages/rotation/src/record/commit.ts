import { decided, need, notice, rejected } from './answers.ts'
import type { Decided, Decision, Say } from './decision.ts'
import type { CommitEvent, Facts } from './events.ts'
import { belongsTo, executionId } from './execution.ts'
import { hold, settleOn, settleOnOnly } from './moves.ts'
import { keepTheOnlyOne, settledTooEarly } from './only-one.ts'
import { isOpen, type NoRecord, type OpenRecord, type RotationRecord, type SettledRecord } from './record.ts'

/** Decides a commit: the device says which certificate it is connected with. */
export function decideCommit(record: RotationRecord, event: CommitEvent, facts: Facts): Decision {
  // Before every other row, whatever the execution: what stays is told to whoever is connected with it.
  if (record.progress === 'settled' && record.keep === event.principal) return confirmsSettled(record, event)
  const isOwn = belongsTo(record, event.execution)
  if (record.progress !== 'none' && isOwn && event.turn < record.turn) {
    return decided('commit: stale turn', { say: rejected('STALE_TURN') })
  }
  if (isOpen(record) && isOwn && event.turn > record.turn) return atHigherTurn(record, event)
  return byProgress(record, event, facts)
}

/** The turn is written with whatever is decided, so that a message from before it can change nothing any more. */
function atHigherTurn(record: OpenRecord, event: CommitEvent): Decided {
  const recorded = { ...record, turn: event.turn }
  const decision = isElsewhere(event) ? restartPending() : whileOpen(recorded, event)
  return { ...decision, passed: ['commit: higher turn'], next: decision.next ?? recorded }
}

function byProgress(record: RotationRecord, event: CommitEvent, facts: Facts): Decision {
  if (isElsewhere(event)) return restartPending()
  if (isOpen(record)) return whileOpen(record, event)
  if (record.progress === 'none' || record.keep === undefined) return withoutRecord(record, event, facts)
  return onSettled(record, event)
}

/** The device believes that it is connected with another certificate: Greengrass has not restarted yet. */
const isElsewhere = ({ certificateId, principal }: CommitEvent): boolean =>
  certificateId !== undefined && certificateId !== principal

const restartPending = (): Decided =>
  decided('commit: over another connection', { say: rejected('RESTART_PENDING') })

const accepted = ({ principal, confirmed }: CommitEvent): Say => ({
  kind: 'accepted',
  certificateId: principal,
  confirmed,
})

function confirmsSettled(record: SettledRecord, event: CommitEvent): Decided {
  const isNew = record.keep === record.newCertificateId
  return decided('commit: settled on P', {
    say: isNew ? accepted(event) : rejected('OLD_CERTIFICATE_IN_USE'),
    queue: record.retiring,
  })
}

function onSettled(record: SettledRecord, event: CommitEvent): Decided {
  const { oldCertificateId, newCertificateId, keep } = record
  const isOther = event.principal === oldCertificateId || event.principal === newCertificateId
  // A tombstone took the place of the execution that was settled, and OLD must still learn that it goes.
  const isOwn = record.tombstone || belongsTo(record, event.execution)
  if (!isOther || !isOwn) return anotherExecution()
  const reopened = event.alone ? settledTooEarly(record, event) : undefined
  if (reopened !== undefined) return keepTheOnlyOne(reopened, event)
  return decided('commit: settled on the other', {
    say: rejected(keep === newCertificateId ? 'NEW_CERTIFICATE_KEPT' : 'ABANDONED'),
  })
}

const anotherExecution = (): Decided =>
  decided('commit: another execution', { say: rejected('OTHER_EXECUTION') })

function whileOpen(record: OpenRecord, event: CommitEvent): Decided {
  if (event.principal === record.newCertificateId) return byNew(record, event)
  if (event.principal === record.oldCertificateId) return byOld(record, event)
  return anotherExecution()
}

function byNew(record: OpenRecord, event: CommitEvent): Decided {
  switch (record.progress) {
    case 'created':
      return belongsTo(record, event.execution) ? firstWordOfNew(record, event) : anotherExecution()
    case 'abandoned':
      return event.alone
        ? keepTheOnlyOne(record, event)
        : decided('commit: abandoned', { say: rejected('ABANDONED') })
    case 'committed':
    case 'held':
      return event.confirmed
        ? confirmedByNew(record, event)
        : decided('commit: NEW again', { say: accepted(event) })
  }
}

/** A timeout alone retires nothing: a commit decides, as long as its execution can still succeed. */
function firstWordOfNew(record: OpenRecord, event: CommitEvent): Decided {
  const execution = record.execution ?? executionId(event.execution)
  if (event.alone && event.view !== 'in-progress') return keepTheOnlyOne({ ...record, execution }, event)
  switch (event.view) {
    case 'in-progress':
      return decided('commit: NEW works', {
        next: { ...record, execution, progress: 'committed' },
        // Even where it asks to be confirmed: that takes a commit that was recorded before.
        say: { kind: 'accepted', certificateId: event.principal, confirmed: false },
      })
    case 'over':
      return decided('commit: NEW came too late', {
        next: { ...record, execution, progress: 'abandoned' },
        say: rejected('EXECUTION_OVER'),
      })
    case 'unclear':
      return decided('commit: execution unclear', { say: rejected('TRY_LATER') })
  }
}

function confirmedByNew(record: OpenRecord, event: CommitEvent): Decided {
  const next = settleOn(record, 'new')
  return decided('commit: NEW is confirmed', { next, say: accepted(event), queue: next.retiring })
}

function byOld(record: OpenRecord, event: CommitEvent): Decided {
  const oldInUse = rejected('OLD_CERTIFICATE_IN_USE')
  if (record.progress === 'abandoned') return decided('commit: abandoned', { say: oldInUse })
  if (!belongsTo(record, event.execution)) return anotherExecution()
  // A device of version 1 names no execution, so its word over OLD may belong to a retry of the job; it decides only
  // while NEW has not spoken.
  if (event.version === 'v1' && record.progress === 'held') return anotherExecution()
  if (event.version === 'v1' && record.progress === 'committed') return backAgain(record, event)
  if (record.progress === 'held') {
    const next = settleOn(record, 'old')
    return decided('commit: OLD decides what was held', { next, say: oldInUse, queue: next.retiring })
  }
  const execution = record.execution ?? executionId(event.execution)
  return decided('commit: OLD is back', {
    next: { ...record, execution, progress: 'abandoned' },
    say: oldInUse,
  })
}

/**
 * A device of version 1 that went back may still hear that NEW was accepted, and report SUCCEEDED over OLD. The end is told
 * as well, so this is not noted as told.
 */
function backAgain(record: OpenRecord, event: CommitEvent): Decided {
  return decided('commit: version 1 is back on OLD', {
    next: hold(record),
    say: rejected('OLD_CERTIFICATE_IN_USE'),
    tell: notice('both-kept', { execution: event.execution }, record),
  })
}

/** The record was removed, or never made. Only a certificate that has no rival can be believed. */
function withoutRecord(record: NoRecord | SettledRecord, event: CommitEvent, facts: Facts): Decision {
  if (facts.attached === undefined) return need('attached-principals')
  const ids = facts.attached.principals.map(({ certificateId }) => certificateId)
  const isAlone = ids.length === 1 && ids[0] === event.principal
  if (isAlone) {
    return decided('commit: P alone without a record', {
      next: settleOnOnly(record, event),
      say: accepted(event),
    })
  }
  const say = rejected('NO_RECORD', ids)
  // The device asks again every minute; the operators are asked once for each choice that they have.
  const isTold = ids.length === record.toldOf.length && ids.every(id => record.toldOf.includes(id))
  if (isTold) return decided('commit: several without a record', { say })
  return decided('commit: several without a record', {
    say,
    tell: notice('choose', { execution: event.execution, certificateIds: ids }, record),
    afterTelling: { ...record, toldOf: ids },
  })
}
