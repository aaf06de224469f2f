import { describe, expect, test } from 'vitest'
import { fresh, going, leftBehind, old, other, retried, unnumbered, x } from '../testing/record-ids.ts'
import {
  answer,
  decideIn,
  ended,
  openRecord,
  settledRecord,
  tombstoneRecord,
  version1Record,
} from '../testing/records.ts'
import { decide } from './decide.ts'
import type { Notice } from './decision.ts'
import type { EndedEvent } from './events.ts'
import { noRecord, type OpenRecord } from './record.ts'

const failures = ['FAILED', 'REJECTED', 'TIMED_OUT', 'CANCELED', 'REMOVED', 'DELETED'] as const
const uncommitted = ['created', 'abandoned'] as const

const notice = (kind: Notice['kind'], event: EndedEvent, differently: Partial<Notice> = {}): Notice => ({
  kind,
  execution: event.execution,
  status: event.status,
  oldCertificateId: old,
  newCertificateId: fresh,
  certificateIds: [],
  ...differently,
})

describe('the end of an execution that no commit was recorded for', () => {
  test('C8, C9: without success settles on OLD, NEW goes, and the operators are told after it is written', () => {
    for (const progress of uncommitted) {
      for (const status of failures) {
        const settled = settledRecord('old')
        expect(decide(openRecord(progress), ended(status))).toEqual(
          answer('ended: without success, OLD stays', {
            next: settled,
            queue: [going, fresh],
            tell: notice('old-kept', ended(status)),
            afterTelling: { ...settled, told: [x] },
          }),
        )
      }
    }
  })

  test('C18: of a version 1 device settles on OLD only by its own FAILED', () => {
    for (const progress of uncommitted) {
      const record = openRecord(progress, { madeBy: 'v1' })
      expect(decide(record, ended('FAILED'))).toMatchObject({
        row: 'ended: without success, OLD stays',
        next: settledRecord('old', { madeBy: 'v1', superseded: [leftBehind] }),
        queue: [going, fresh],
      })
      for (const status of failures.filter(status => status !== 'FAILED')) {
        const held = openRecord('held', { madeBy: 'v1' })
        expect(decide(record, ended(status))).toEqual(
          answer('ended: version 1 left it open', {
            next: held,
            tell: notice('both-kept', ended(status)),
            afterTelling: { ...held, told: [x] },
          }),
        )
      }
    }
  })

  test('D19: that a component of version 1 reports FAILED of what ours has begun keeps both', () => {
    for (const progress of uncommitted) {
      const failed = { ...ended('FAILED'), reporter: 'v1' } as const
      const held = openRecord('held')
      expect(decide(openRecord(progress), failed)).toEqual(
        answer('ended: version 1 left it open', {
          next: held,
          tell: notice('both-kept', failed),
          afterTelling: { ...held, told: [x] },
        }),
      )
      expect(decide(openRecord(progress, { madeBy: 'v1' }), failed)).toMatchObject({ next: { keep: old } })
      expect(decide(openRecord(progress), { ...failed, reporter: 'v2' })).toMatchObject({
        next: { keep: old },
      })
      expect(decide(openRecord(progress), { ...failed, status: 'TIMED_OUT' })).toMatchObject({
        next: { keep: old },
      })
    }
  })

  test('with success keeps both', () => {
    for (const progress of uncommitted) {
      for (const madeBy of ['v1', 'v2'] as const) {
        const held = openRecord('held', { madeBy })
        expect(decide(openRecord(progress, { madeBy }), ended('SUCCEEDED'))).toEqual(
          answer('ended: SUCCEEDED without a commit', {
            next: held,
            tell: notice('both-kept', ended('SUCCEEDED')),
            afterTelling: { ...held, told: [x] },
          }),
        )
      }
    }
  })
})

describe('the end of a committed execution', () => {
  test('with success settles on NEW, and there is nothing to tell', () => {
    const next = settledRecord('new', { retiring: [going, old, leftBehind], superseded: [], told: [x] })
    expect(decide(openRecord('committed'), ended('SUCCEEDED'))).toEqual(
      answer('ended: SUCCEEDED', { next, queue: [going, old, leftBehind] }),
    )
  })

  test('otherwise keeps both', () => {
    for (const status of failures) {
      const held = openRecord('held')
      expect(decide(openRecord('committed'), ended(status))).toEqual(
        answer('ended: committed without success', {
          next: held,
          tell: notice('both-kept', ended(status)),
          afterTelling: { ...held, told: [x] },
        }),
      )
    }
  })
})

describe('the same end again', () => {
  test('M15, C20: queues again what goes, and tells nobody twice', () => {
    const told = [x]
    for (const status of ['SUCCEEDED', ...failures] as const) {
      for (const stays of ['old', 'new'] as const) {
        const settled = settledRecord(stays, { told })
        expect(decide(settled, ended(status))).toEqual(answer('ended: again', { queue: settled.retiring }))
      }
      expect(decide(openRecord('held', { told }), ended(status))).toEqual(
        answer('ended: again', { queue: [going] }),
      )
    }
  })

  test('tells what a handler died before telling', () => {
    const cases = [
      [openRecord('held'), 'both-kept', 'SUCCEEDED'],
      [openRecord('held'), 'both-kept', 'TIMED_OUT'],
      [settledRecord('old'), 'old-kept', 'SUCCEEDED'],
      [settledRecord('old'), 'old-kept', 'FAILED'],
      [settledRecord('new'), 'new-kept', 'DELETED'],
      [settledRecord('new', { tombstone: true }), 'ended-without-certificate', 'FAILED'],
    ] as const
    for (const [record, kind, status] of cases) {
      expect(decide(record, ended(status))).toEqual(
        answer('ended: again', {
          queue: record.retiring,
          tell: notice(kind, ended(status)),
          afterTelling: { ...record, told: [x] },
        }),
      )
    }
    const nobody = { oldCertificateId: undefined, newCertificateId: undefined }
    expect(decide(tombstoneRecord(), ended('SUCCEEDED'))).toEqual(
      answer('ended: again', {
        tell: notice('ended-without-certificate', ended('SUCCEEDED'), nobody),
        afterTelling: tombstoneRecord({ told: [x] }),
      }),
    )
  })

  test('M15: a success that was confirmed before is noted, so that deleting the job is no news later', () => {
    const confirmed = settledRecord('new')
    const next = { ...confirmed, told: [x] }
    expect(decide(confirmed, ended('SUCCEEDED'))).toEqual(
      answer('ended: again', { next, queue: confirmed.retiring }),
    )
    expect(decideIn({}, next, ended('DELETED', unnumbered)).decision).toEqual(
      answer('ended: again', { queue: confirmed.retiring }),
    )
  })
})

describe('the end of an execution of which only the job is known', () => {
  test('counts for the record once its own execution is over', () => {
    expect(decideIn({}, openRecord('created'), ended('DELETED', unnumbered))).toMatchObject({
      needs: ['record-execution'],
      decision: { row: 'ended: without success, OLD stays', afterTelling: { told: [x] } },
    })
  })

  test('C10: is that of an earlier try while the execution of the record is running', () => {
    for (const recordExecution of ['in-progress', 'unclear'] as const) {
      const record = openRecord('created')
      const event = ended('FAILED', unnumbered)
      expect(decideIn({ recordExecution }, record, event)).toEqual({
        needs: ['record-execution'],
        decision: answer('ended: another execution', {
          tell: notice('ended-beside', event),
          afterTelling: record,
        }),
      })
    }
  })
})

describe('the end of another execution', () => {
  test('beside an open record has no effect; what was no success is told once', () => {
    for (const progress of ['created', 'committed', 'abandoned', 'held'] as const) {
      const record = openRecord(progress)
      for (const execution of [other, retried]) {
        expect(decide(record, ended('SUCCEEDED', execution))).toEqual(answer('ended: another execution'))
        const failed = ended('FAILED', execution)
        const afterTelling = { ...record, told: [execution] }
        expect(decide(record, failed)).toEqual(
          answer('ended: another execution', { tell: notice('ended-beside', failed), afterTelling }),
        )
        expect(decide(afterTelling, failed)).toEqual(answer('ended: another execution'))
      }
    }
  })

  test('M17: is remembered by a settled record, which keeps its certificates', () => {
    for (const stays of ['old', 'new'] as const) {
      const settled = settledRecord(stays, { told: [x] })
      const stone = { ...settled, execution: other, turn: 0, tombstone: true }
      expect(decide(settled, ended('SUCCEEDED', other))).toEqual(
        answer('ended: tombstone', { next: { ...stone, told: [x, other] } }),
      )
      const failed = ended('FAILED', other)
      expect(decide(settled, failed)).toEqual(
        answer('ended: tombstone', {
          next: stone,
          tell: notice('ended-without-certificate', failed),
          afterTelling: { ...stone, told: [x, other] },
        }),
      )
    }
  })

  test('is remembered where there was no record, and always told', () => {
    for (const status of ['SUCCEEDED', ...failures] as const) {
      const next = tombstoneRecord()
      const nobody = { oldCertificateId: undefined, newCertificateId: undefined }
      expect(decide(noRecord, ended(status))).toEqual(
        answer('ended: tombstone', {
          next,
          tell: notice('ended-without-certificate', ended(status), nobody),
          afterTelling: { ...next, told: [x] },
        }),
      )
    }
  })

  test('M15: late copies of ends, and deletions of old jobs, are no news', () => {
    const settled = settledRecord('new', { told: [other, x] })
    expect(decide(settled, ended('FAILED', other))).toEqual(answer('ended: another execution'))
    expect(decide(settled, ended('DELETED', { ...other, executionNumber: undefined }))).toEqual(
      answer('ended: another execution'),
    )
  })

  test('without a number is told, and cannot be remembered', () => {
    const gone = ended('DELETED', { ...other, executionNumber: undefined })
    const settled = settledRecord('new')
    expect(decide(settled, gone)).toEqual(
      answer('ended: another execution', {
        tell: notice('ended-without-certificate', gone),
        afterTelling: settled,
      }),
    )
    const nobody = { oldCertificateId: undefined, newCertificateId: undefined }
    expect(decide(noRecord, gone)).toEqual(
      answer('ended: another execution', { tell: notice('ended-without-certificate', gone, nobody) }),
    )
  })

  test('is every end to a settled record that does not know its execution', () => {
    const settled = settledRecord('new', { execution: undefined })
    expect(decide(settled, ended('SUCCEEDED', x))).toMatchObject({ row: 'ended: tombstone' })
  })
})

describe('C18: a record that a version 1 backend began takes any end for its own, and learns its execution', () => {
  const before = version1Record('created')

  test('FAILED settles on OLD', () => {
    const next = {
      ...settledRecord('old', { ...before, progress: 'settled', keep: old, retiring: [fresh] }),
      execution: other,
    }
    expect(decide(before, ended('FAILED', other))).toEqual(
      answer('ended: without success, OLD stays', {
        next,
        queue: [fresh],
        tell: notice('old-kept', ended('FAILED', other)),
        afterTelling: { ...next, told: [other] },
      }),
    )
  })

  test('TIMED_OUT keeps both', () => {
    const held: OpenRecord = { ...before, progress: 'held', execution: other }
    expect(decide(before, ended('TIMED_OUT', other))).toEqual(
      answer('ended: version 1 left it open', {
        next: held,
        tell: notice('both-kept', ended('TIMED_OUT', other)),
        afterTelling: { ...held, told: [other] },
      }),
    )
  })

  test('SUCCEEDED settles a committed one on NEW', () => {
    expect(decide(version1Record('committed'), ended('SUCCEEDED', other))).toMatchObject({
      row: 'ended: SUCCEEDED',
      next: { execution: other, keep: fresh, told: [other] },
      queue: [old],
    })
  })

  test('an end without a number leaves it unknown, and is told every time', () => {
    const gone = ended('DELETED', unnumbered)
    const held: OpenRecord = { ...before, progress: 'held' }
    const tell = notice('both-kept', gone)
    expect(decide(before, gone)).toEqual(
      answer('ended: version 1 left it open', { next: held, tell, afterTelling: held }),
    )
    expect(decide(held, gone)).toEqual(answer('ended: again', { tell, afterTelling: held }))
  })
})
