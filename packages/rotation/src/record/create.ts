import { type CertificateId, type ExecutionId, sameExecution } from '@rotator/protocol/ids'
import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import { announced, announcement } from './announcement.ts'
import { decided, need, notice, rejected } from './answers.ts'
import { notTheKept, objectionToAttached, objectionToStranger } from './attachment.ts'
import type { Decided, Decision, Issue, Need } from './decision.ts'
import type { CreateEvent, Facts } from './events.ts'
import { executionId, isOf } from './execution.ts'
import { begin, hold } from './moves.ts'
import {
  isOpen,
  type OpenRecord,
  type RecordedIdentities,
  type RotationRecord,
  type SettledRecord,
} from './record.ts'
import type { RowId } from './rows.ts'
import { isTold } from './told.ts'

/** A create whose execution is known to be in progress. */
type Create = CreateEvent & { execution: { executionNumber: number } }

/** Decides a create: the device asks for a certificate. */
export function decideCreate(record: RotationRecord, event: CreateEvent, facts: Facts): Decision {
  if (event.view === 'over') {
    return decided('create: execution not in progress', { say: rejected('EXECUTION_NOT_IN_PROGRESS') })
  }
  const execution = executionId(event.execution)
  if (event.view === 'unclear' || execution === undefined) {
    return decided('create: execution unclear', { say: rejected('TRY_LATER') })
  }
  const create = { ...event, execution }
  if (record.progress === 'none') return begins('create: a rotation begins', record, create, facts, [])
  if (isOpen(record) && isOf(record, execution) && !isTold(record, execution)) return repeated(record, create)
  if (!isTold(record, execution) && !isOf(record, execution)) return afterAnother(record, create, facts)
  if (facts.eventExecution === undefined) return { kind: 'need', fact: 'event-execution', execution }
  return facts.eventExecution === 'in-progress'
    ? afterAnother(forgetting(record, execution), create, facts)
    : tooLate()
}

const afterAnother = (record: OpenRecord | SettledRecord, create: Create, facts: Facts): Decision =>
  isOpen(record) ? afterOpen(record, create, facts) : afterSettled(record, create, facts)

/**
 * An execution that has ended never goes on. Where the record knows its end and AWS IoT Jobs still has it in progress, its
 * job was deleted, and this is another one with the same id.
 */
function forgetting<R extends OpenRecord | SettledRecord>(record: R, execution: ExecutionId): R {
  const told = record.told.filter(one => !sameExecution(one, execution))
  return { ...record, told, execution: isOf(record, execution) ? undefined : record.execution }
}

/**
 * The record's own execution has a certificate; only the request that got it is answered with it.
 *
 * A second request of one execution comes from a device that lost its pending key: the certificate on trial is not
 * touched for it.
 */
function repeated(record: OpenRecord, event: Create): Decided {
  const { progress, oldCertificateId, newCertificateId, csrDigest } = record
  const isSameRequest = event.csrDigest === csrDigest
  const isUndecided = progress === 'created' || progress === 'abandoned'
  if (isUndecided && event.principal === newCertificateId && !isSameRequest) {
    return newIsInUse('create: NEW asks anew', record, event, 'ANOTHER_CSR_PENDING')
  }
  const sameAgain = progress === 'created' && event.principal === oldCertificateId && isSameRequest
  return sameAgain
    ? decided('create: the same again', {
        say: { kind: 'certificate', certificateId: newCertificateId },
        ...announcement(record),
      })
    : decided('create: another request pending', { say: rejected('ANOTHER_CSR_PENDING') })
}

/**
 * The end of the execution was recorded while this create was on its way. Nothing is said: the device learns the
 * end from AWS IoT Jobs, and one of version 1 may ask for the next job by now and take the answer for that.
 */
const tooLate = (): Decided => decided('create: execution has ended meanwhile')

function afterSettled(record: SettledRecord, event: Create, facts: Facts): Decision {
  const { keep, csrDigest } = record
  const mayBegin = (keep === undefined || keep === event.principal) && csrDigest !== event.csrDigest
  if (mayBegin) return begins('create: a rotation begins', record, event, facts, [])
  if (isStranger(record, event)) return givenByHand(record, event, facts)
  const busy = whileNotOver(record, facts)
  if (busy !== undefined) return busy
  return keep === event.principal ? anotherExecution() : notTheKept()
}

function afterOpen(record: OpenRecord, event: Create, facts: Facts): Decision {
  const busy = whileNotOver(record, facts)
  if (busy !== undefined) return busy
  if (isStranger(record, event)) return givenByHand(record, event, facts)
  const { oldCertificateId, newCertificateId, progress } = record
  const [other, isOld] =
    event.principal === oldCertificateId ? [newCertificateId, true] : [oldCertificateId, false]
  if (progress === 'committed' || progress === 'held') {
    // A late copy of the request that NEW was issued for: it is no word of the device's about today.
    return event.csrDigest === record.csrDigest
      ? anotherExecution()
      : begins('create: either begins anew', record, event, facts, [other])
  }
  if (isOld) return begins('create: OLD begins anew', record, event, facts, [other])
  return record.execution === undefined
    ? newIsInUse('create: NEW of an unknown execution', record, event, 'OTHER_EXECUTION')
    : anotherExecution()
}

/** A certificate that an operator put on the device by hand. It is believed once it is the only one. */
function givenByHand(record: OpenRecord | SettledRecord, event: Create, facts: Facts): Decision {
  const objection = objectionToStranger(record, event, facts.attached)
  if (objection !== undefined) return objection
  const { execution, principal } = event
  const tell = notice('given-by-hand', { execution, certificateIds: [principal] }, record)
  const order = issue('create: given by hand', record, event, named(record), tell)
  return { ...order, draft: { ...order.draft, unannounced: principal } }
}

/**
 * The device is on NEW without ever having committed, and does not know of the rotation any more: it lost its state,
 * was upgraded in the middle, or a version 1 backend began this record. Were the record left as it is, the FAILED that
 * follows would retire NEW. The end is told as well, so this is not noted as told.
 */
function newIsInUse(row: RowId, record: OpenRecord, event: Create, code: RejectionCode): Decided {
  return decided(row, {
    next: { ...hold(record), execution: event.execution },
    say: rejected(code),
    tell: notice('both-kept', { execution: event.execution }, record),
  })
}

const anotherExecution = (): Decided =>
  decided('create: another execution', { say: rejected('OTHER_EXECUTION') })

/** An execution that nobody can name any more counts as over. */
function whileNotOver(record: OpenRecord | SettledRecord, facts: Facts): Decided | Need | undefined {
  if (record.execution === undefined) return undefined
  if (facts.recordExecution === undefined) return need('record-execution')
  if (facts.recordExecution === 'over') return undefined
  return decided('create: the record is busy', { say: rejected('TRY_LATER') })
}

function begins(
  row: RowId,
  record: RotationRecord,
  event: Create,
  facts: Facts,
  leftBehind: readonly CertificateId[],
): Decision {
  return (
    objectionToAttached(record, event, facts.attached) ?? issue(row, record, event, leftBehind, undefined)
  )
}

function issue(
  row: RowId,
  record: RotationRecord,
  event: Create,
  leftBehind: readonly CertificateId[],
  tell: Issue['tell'],
): Issue {
  const draft = begin(record, event, leftBehind)
  return { kind: 'issue', row, draft, queue: leftBehind.length === 0 ? [] : draft.retiring, tell }
}

const named = ({ oldCertificateId, newCertificateId, keep }: OpenRecord | SettledRecord): CertificateId[] =>
  [oldCertificateId, newCertificateId, keep].filter(id => id !== undefined)

const isStranger = (record: OpenRecord | SettledRecord, { principal }: Create): boolean =>
  !named(record).includes(principal)

/** What the certificate authority and the check of the request have told. */
export interface Issued {
  newCertificateId: CertificateId
  identities: RecordedIdentities
}

/** The decision that an issued certificate completes: write it, then policies, attach, answer, queue, tell. */
export function recordIssued(order: Issue, { newCertificateId, identities }: Issued): Decided {
  const next = { ...order.draft, newCertificateId, identities }
  return decided(order.row, {
    next,
    say: { kind: 'certificate', certificateId: newCertificateId },
    queue: order.queue,
    tell: order.tell,
    afterTelling: order.tell && announced(next),
  })
}
