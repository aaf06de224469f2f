import type { ExecutionId } from '@rotator/protocol/ids'
import type { ExecutionStatus } from '@rotator/protocol/messages/jobs'
import { describe, expect, test } from 'vitest'
import { fresh, going, job, old, other, retried, x } from '../testing/record-ids.ts'
import { ended, openRecord, settledRecord, tombstoneRecord, version1Record } from '../testing/records.ts'
import { noRecord, type RotationRecord } from './record.ts'
import {
  attentionTo,
  dependsOnReporter,
  endsToDecide,
  type ListedExecution,
  missesOwnEnd,
  retiringAnew,
} from './sweep.ts'
import { toldLimit } from './told.ts'

const listed = <S extends ExecutionStatus>(execution: ExecutionId, status: S, lastUpdatedAtMs = 500) => ({
  ...execution,
  status,
  lastUpdatedAtMs,
  hasBegun: status !== 'QUEUED',
})
const unbegun = <S extends ExecutionStatus>(execution: ExecutionId, status: S, lastUpdatedAtMs = 500) => ({
  ...listed(execution, status, lastUpdatedAtMs),
  hasBegun: false,
})
const window = { sinceMs: 100, untilMs: 1_000 }
const due = (record: RotationRecord, ...executions: ListedExecution[]) =>
  endsToDecide(record, executions, window)

describe('a sweep', () => {
  test('M14: decides the end of the execution that a record still waits for, whatever it was and however long ago', () => {
    for (const progress of ['created', 'committed', 'abandoned', 'held'] as const) {
      for (const status of ['SUCCEEDED', 'TIMED_OUT', 'CANCELED'] as const) {
        expect(due(openRecord(progress), listed(x, status, 1))).toEqual([ended(status)])
      }
      expect(missesOwnEnd(openRecord(progress))).toBe(true)
    }
  })

  test('C8: takes an execution that is not listed any more for deleted', () => {
    expect(due(openRecord('created'), listed(other, 'QUEUED'))).toEqual([ended('DELETED')])
    expect(due(openRecord('held', { told: [x] }))).toEqual([])
    expect(due(noRecord)).toEqual([])
  })

  test('M17: decides an undecided record also where its end was told before it was written', () => {
    const record = openRecord('created', { told: [x] })
    expect(missesOwnEnd(record)).toBe(true)
    expect(due(record, listed(x, 'FAILED'))).toEqual([ended('FAILED')])
    expect(missesOwnEnd(openRecord('held', { told: [x] }))).toBe(false)
  })

  test('M14: tells of every execution without success that nobody was told of, the oldest first', () => {
    const ends = [
      listed(other, 'TIMED_OUT', 300),
      listed(retried, 'FAILED', 200),
      listed({ ...other, executionNumber: 2 }, 'SUCCEEDED', 400),
    ]
    for (const record of [noRecord, tombstoneRecord({ told: [x] }), settledRecord('new', { told: [x] })]) {
      expect(due(record, ...ends)).toEqual([ended('FAILED', retried), ended('TIMED_OUT', other)])
    }
  })

  test('leaves alone what is told, what goes on, and successes that are nobody else’s business', () => {
    const record = settledRecord('old', { told: [x, other] })
    const ends = [listed(x, 'FAILED'), listed(other, 'FAILED'), listed(retried, 'SUCCEEDED')]
    expect(due(record, ...ends)).toEqual([])
    expect(due(openRecord('created'), listed(x, 'IN_PROGRESS'), listed(other, 'QUEUED'))).toEqual([])
    expect(missesOwnEnd(record)).toBe(false)
    expect(missesOwnEnd(noRecord)).toBe(false)
  })

  test('tells nobody of what an operator took back before the device took it up, but of what the device refused unread', () => {
    const ends = [unbegun(other, 'CANCELED', 200), unbegun(retried, 'REMOVED', 300)]
    for (const record of [noRecord, tombstoneRecord({ told: [x] }), settledRecord('new', { told: [x] })]) {
      expect(due(record, ...ends)).toEqual([])
      expect(attentionTo(record, unbegun(other, 'CANCELED'))).toBe('none')
      for (const status of ['FAILED', 'REJECTED', 'TIMED_OUT'] as const)
        expect(due(record, unbegun(other, status))).toEqual([ended(status, other)])
      expect(due(record, listed(other, 'CANCELED'))).toEqual([ended('CANCELED', other)])
    }
  })

  test('tells of what was taken back before the device took it up where the record is of it: a device has spoken for it', () => {
    for (const [record, end] of [
      [settledRecord('new'), unbegun(x, 'CANCELED')],
      [openRecord('created'), unbegun(x, 'REMOVED')],
    ] as const) {
      expect(missesOwnEnd(record)).toBe(true)
      expect(attentionTo(record, end)).toBe('this-end')
      expect(due(record, end, unbegun(other, 'CANCELED'))).toEqual([ended(end.status)])
    }
    expect(due(settledRecord('new', { told: [x] }), unbegun(x, 'CANCELED'))).toEqual([])
  })

  test('looks past what was taken back for ends to tell, and for the tries before it', () => {
    const back = Array.from({ length: toldLimit }, (_, index) =>
      unbegun({ jobId: job, executionNumber: index + 2 }, 'CANCELED', 600 + index),
    )
    expect(due(noRecord, listed(other, 'FAILED'), ...back)).toEqual([ended('FAILED', other)])
    expect(attentionTo(noRecord, unbegun(retried, 'CANCELED'))).toBe('all-ends')
    expect(due(openRecord('created'), unbegun(x, 'CANCELED'))).toEqual([ended('CANCELED')])
  })

  test('looks at ends within its window, both limits included, and leaves later ones to their events', () => {
    const at = (ms: number) => due(noRecord, listed(other, 'FAILED', ms)).length
    expect([99, 100, 1_000, 1_001].map(at)).toEqual([0, 1, 1, 0])
    expect(due(openRecord('created'), listed(x, 'FAILED', 1_001))).toEqual([])
  })

  test('looks at no more of a thing’s last ends than a record remembers, so that none is told for ever', () => {
    const many = Array.from({ length: toldLimit + 2 }, (_, index) =>
      listed({ jobId: job, executionNumber: index + 2 }, 'FAILED', 200 + index),
    )
    expect(due(noRecord, ...many).map(end => end.execution.executionNumber)).toEqual([
      4, 5, 6, 7, 8, 9, 10, 11,
    ])
  })

  test('notes the success of what was confirmed before it', () => {
    expect(due(settledRecord('new'), listed(x, 'SUCCEEDED'))).toEqual([ended('SUCCEEDED')])
  })

  test('C18: decides nothing for a record that a version 1 backend began: every end would look like its own', () => {
    const record = version1Record('created')
    expect(due(record, listed(other, 'FAILED'))).toEqual([])
    expect(attentionTo(record, listed(other, 'FAILED'))).toBe('none')
    expect(missesOwnEnd(record)).toBe(false)
  })

  test('M14: asks for all of a thing’s jobs only where an earlier try may be news, or where memory ends', () => {
    const record = settledRecord('new', { told: [x] })
    expect(attentionTo(record, listed(x, 'SUCCEEDED'))).toBe('none')
    expect(attentionTo(record, listed(retried, 'SUCCEEDED'))).toBe('none')
    expect(attentionTo(record, listed(retried, 'FAILED'))).toBe('this-end')
    expect(attentionTo(openRecord('committed'), listed(x, 'SUCCEEDED'))).toBe('this-end')
    expect(attentionTo(record, listed({ ...other, executionNumber: 2 }, 'SUCCEEDED'))).toBe('all-ends')
    expect(attentionTo(noRecord, listed(other, 'SUCCEEDED'))).toBe('none')
    expect(attentionTo(noRecord, listed(other, 'FAILED'))).toBe('this-end')
    const told = Array.from({ length: toldLimit }, (_, index) => ({ jobId: job, executionNumber: index + 3 }))
    expect(attentionTo(settledRecord('new', { told }), listed(other, 'FAILED'))).toBe('all-ends')
  })

  test('D19: asks who reported FAILED only where a rotation is decided by it', () => {
    expect(dependsOnReporter(openRecord('created'), ended('FAILED'))).toBe(true)
    expect(dependsOnReporter(openRecord('created'), ended('TIMED_OUT'))).toBe(false)
    expect(dependsOnReporter(openRecord('created'), ended('FAILED', other))).toBe(false)
    expect(dependsOnReporter(openRecord('held'), ended('FAILED'))).toBe(false)
    expect(dependsOnReporter(noRecord, ended('FAILED'))).toBe(false)
  })

  test('C20: queues again what waits to go for too long, once it is settled', () => {
    const late = { recordedAtMs: 5, overdueMs: 5 }
    expect(retiringAnew(settledRecord('new'), late)).toEqual([going, old])
    expect(retiringAnew(settledRecord('old'), late)).toEqual([going, fresh])
    expect(retiringAnew(settledRecord('new'), { recordedAtMs: 6, overdueMs: 5 })).toEqual([])
    expect(retiringAnew(openRecord('held'), late)).toEqual([])
    expect(retiringAnew(noRecord, late)).toEqual([])
  })
})
