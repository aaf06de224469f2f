import { describe, expect, test } from 'vitest'
import { going, old, stranger } from '../testing/record-ids.ts'
import { answer, openRecord, settledRecord } from '../testing/records.ts'
import { decide } from './decide.ts'
import { noRecord } from './record.ts'

describe('a retired certificate', () => {
  test('leaves the list of those to retire, and nothing else changes', () => {
    expect(decide(settledRecord('new'), { kind: 'retired', certificateId: old })).toEqual(
      answer('retired', { next: settledRecord('new', { retiring: [going] }) }),
    )
    expect(decide(openRecord('committed'), { kind: 'retired', certificateId: going })).toEqual(
      answer('retired', { next: openRecord('committed', { retiring: [] }) }),
    )
  })

  test('that the record does not list changes nothing', () => {
    for (const record of [noRecord, settledRecord('new')]) {
      expect(decide(record, { kind: 'retired', certificateId: stranger })).toEqual(answer('retired: unknown'))
    }
  })
})
