import { decide } from '@rotator/rotation/record/decide'
import type { Decided, Notice } from '@rotator/rotation/record/decision'
import type { EndStatus, EventExecution } from '@rotator/rotation/record/events'
import { isOpen, noRecord, type RotationRecord } from '@rotator/rotation/record/record'
import { other, retried, unnumbered, x } from '@rotator/rotation/testing/record-ids'
import {
  ended,
  openRecord,
  settledRecord,
  tombstoneRecord,
  version1Record,
} from '@rotator/rotation/testing/records'
import { describe, expect, test } from 'vitest'
import { thingName } from '../testing/test-ids.ts'
import { notificationOf } from './notice-text.ts'

const progresses = ['created', 'committed', 'abandoned', 'held'] as const
const records: Record<string, RotationRecord> = {
  none: noRecord,
  ...Object.fromEntries(progresses.map(progress => [progress, openRecord(progress)])),
  ...Object.fromEntries(
    progresses.map(progress => [`${progress}, made by version 1`, openRecord(progress, { madeBy: 'v1' })]),
  ),
  'created by a version 1 backend': version1Record('created'),
  'committed by a version 1 backend': version1Record('committed'),
  'settled on OLD': settledRecord('old'),
  'settled on OLD, and NEW is gone': settledRecord('old', { retiring: [] }),
  'settled on NEW': settledRecord('new'),
  'a tombstone': tombstoneRecord(),
  'a tombstone after a rotation': settledRecord('new', { tombstone: true, told: [x] }),
}
const statuses: EndStatus[] = [
  'SUCCEEDED',
  'FAILED',
  'REJECTED',
  'TIMED_OUT',
  'CANCELED',
  'REMOVED',
  'DELETED',
]
const executions: EventExecution[] = [x, retried, other, unnumbered]

/** What the operators read, and what was true before and after. */
interface Case {
  name: string
  status: EndStatus
  before: RotationRecord
  after: RotationRecord
  decision: Decided
  notice: Notice
  message: string
}

function* cases(): Generator<Case> {
  for (const [state, before] of Object.entries(records)) {
    for (const status of statuses) {
      for (const execution of executions) {
        for (const reporter of ['v1', 'v2'] as const) {
          const decision = decide(
            before,
            { ...ended(status, execution), reporter },
            { recordExecution: 'over' },
          )
          if (decision.kind !== 'decided' || decision.tell === undefined) continue
          const { message } = notificationOf(thingName('dev1'), decision.tell)
          const name = `${state} | ${JSON.stringify({ status, execution, reporter })} → ${decision.row}`
          const after = decision.next ?? before
          yield { name, status, before, after, decision, notice: decision.tell, message }
        }
      }
    }
  }
}

const keepOf = (record: RotationRecord) => (record.progress === 'none' ? undefined : record.keep)
const certificates = (record: RotationRecord) =>
  record.progress === 'none'
    ? []
    : [record.oldCertificateId, record.newCertificateId, record.keep, record.retiring, record.superseded]

function isUntouched({ before, after, decision }: Case): boolean {
  const earlier = before.progress === 'none' ? [] : before.retiring
  const isSame = before.progress === 'none' || isSameJson(certificates(before), certificates(after))
  return isSame && decision.queue.every(id => earlier.includes(id))
}

const isSameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** What each kind of notice claims of the certificates. */
const claims: Partial<Record<Notice['kind'], (told: Case) => boolean>> = {
  'old-kept': ({ after, notice }) =>
    after.progress === 'settled' && !after.tombstone && keepOf(after) === notice.oldCertificateId,
  'new-kept': ({ after, notice, status }) =>
    status !== 'SUCCEEDED' && after.progress === 'settled' && keepOf(after) === notice.newCertificateId,
  'both-kept': told => {
    const { after, notice } = told
    const both = [notice.oldCertificateId, notice.newCertificateId]
    return after.progress === 'held' && both.every(id => id !== undefined && !after.retiring.includes(id))
  },
  'ended-without-certificate': told => isUntouched(told) && !isOpen(told.after),
  'ended-beside': told => isUntouched(told) && isOpen(told.before),
}

const all = [...cases()]

describe('what operators are told of an end', () => {
  test('is told in every state, of every kind', () => {
    expect(all.length).toBeGreaterThan(200)
    expect(new Set(all.map(({ notice }) => notice.kind))).toEqual(new Set(Object.keys(claims)))
  })

  test('is true of the certificates', () => {
    const lies = all.filter(told => claims[told.notice.kind]?.(told) !== true)
    expect(lies.map(({ name, notice }) => `${name}: ${notice.kind}`)).toEqual([])
  })

  test('names the job, how it ended, and certificates that exist', () => {
    const unclear = all.filter(
      ({ message, notice, status }) =>
        !message.startsWith(`dev1: job ${notice.execution.jobId} ended ${status}`) ||
        message.includes('undefined'),
    )
    expect(unclear.map(({ name }) => name)).toEqual([])
  })

  test('does not send anybody to the status details of an execution that is deleted', () => {
    const vain = all.filter(
      ({ message, status }) => message.includes('status details') === (status === 'DELETED'),
    )
    expect(
      vain.filter(({ notice }) => !notice.kind.endsWith('both-kept') && notice.kind !== 'new-kept'),
    ).toEqual([])
  })

  test('says that a rotation was made only where it was', () => {
    const made = all.filter(({ message }) => message.includes('the rotation was made'))
    expect(made.length).toBeGreaterThan(0)
    expect(
      made.every(({ after }) => after.progress === 'settled' && after.keep === after.newCertificateId),
    ).toBe(true)
  })
})
