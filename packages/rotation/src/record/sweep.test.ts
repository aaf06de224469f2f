import { describe, expect, test } from 'vitest'
import {
  ended,
  fresh,
  going,
  old,
  openRecord,
  other,
  retried,
  settledRecord,
  tombstoneRecord,
  version1Record,
  x,
} from '../testing/records.ts'
import { noRecord } from './record.ts'
import { sweepDuties } from './sweep.ts'

describe('a sweep', () => {
  test('M14: decides the end of the execution that a record still waits for, whatever it was', () => {
    for (const progress of ['created', 'committed', 'abandoned', 'held'] as const) {
      for (const status of ['SUCCEEDED', 'TIMED_OUT', 'DELETED'] as const) {
        expect(sweepDuties(openRecord(progress), [ended(status)])).toEqual({
          ended: [ended(status)],
          queue: [],
        })
      }
    }
  })

  test('M14: tells of every execution without success that nobody was told of, in their order', () => {
    const missed = [ended('FAILED', retried), ended('TIMED_OUT', other)]
    for (const record of [noRecord, tombstoneRecord(), openRecord('created')]) {
      expect(
        sweepDuties(record, [...missed, ended('SUCCEEDED', { ...other, executionNumber: 2 })]).ended,
      ).toEqual(missed)
    }
  })

  test('leaves alone what is told, and successes that are nobody else’s business', () => {
    const record = settledRecord('old', { told: [x, other] })
    const ends = [ended('FAILED'), ended('FAILED', other), ended('SUCCEEDED', retried)]
    expect(sweepDuties(record, ends).ended).toEqual([])
    expect(sweepDuties(openRecord('held', { told: [x] }), [ended('TIMED_OUT')]).ended).toEqual([])
  })

  test('settles what a settled record has not told yet', () => {
    expect(sweepDuties(settledRecord('new'), [ended('SUCCEEDED')]).ended).toEqual([ended('SUCCEEDED')])
  })

  test('C18: decides nothing for a record that a version 1 backend began: every end would look like its own', () => {
    expect(sweepDuties(version1Record('created'), [ended('FAILED', other)]).ended).toEqual([])
  })

  test('C20: queues again what goes, once it is settled', () => {
    expect(sweepDuties(settledRecord('new'), []).queue).toEqual([going, old])
    expect(sweepDuties(settledRecord('old'), []).queue).toEqual([going, fresh])
    expect(sweepDuties(openRecord('held'), []).queue).toEqual([])
    expect(sweepDuties(noRecord, []).queue).toEqual([])
  })
})
