import { describe, expect, test } from 'vitest'
import { fresh, going, leftBehind, old, stranger } from '../testing/record-ids.ts'
import { openRecord, settledRecord, tombstoneRecord } from '../testing/records.ts'
import { mayRetire } from './may-retire.ts'
import { noRecord } from './record.ts'

describe('C17: a queued certificate', () => {
  test('may be retired if the record lists it', () => {
    expect(mayRetire(settledRecord('new'), old, false)).toEqual({ retire: true })
    expect(mayRetire(openRecord('created'), going, false)).toEqual({ retire: true })
  })

  test('may be retired if it was never attached, unless it is in play', () => {
    expect(mayRetire(settledRecord('new'), stranger, true)).toEqual({ retire: true })
    expect(mayRetire(openRecord('created'), fresh, true)).toEqual({ retire: false, because: 'in-use' })
  })

  test('stays if it is kept, though the list may still name it', () => {
    const record = settledRecord('new', { retiring: [fresh] })
    expect(mayRetire(record, fresh, true)).toEqual({ retire: false, because: 'kept' })
    expect(mayRetire(openRecord('created', { keep: old }), old, false)).toEqual({
      retire: false,
      because: 'kept',
    })
  })

  test('stays if it is one of the two of an open record', () => {
    const record = openRecord('held', { keep: fresh, retiring: [old, fresh] })
    expect(mayRetire(record, old, false)).toEqual({ retire: false, because: 'in-use' })
    expect(mayRetire({ ...record, keep: old }, fresh, false)).toEqual({ retire: false, because: 'in-use' })
  })

  test('C18: stays while a version 1 device may roll back to it', () => {
    expect(mayRetire(settledRecord('new'), leftBehind, true)).toEqual({ retire: false, because: 'in-use' })
  })

  test('stays if nobody decided that it goes', () => {
    expect(mayRetire(settledRecord('new'), stranger, false)).toEqual({
      retire: false,
      because: 'not-retiring',
    })
    expect(mayRetire(settledRecord('new', { retiring: [] }), old, false)).toEqual({
      retire: false,
      because: 'not-retiring',
    })
  })

  test('C16: stays where there is no record', () => {
    expect(mayRetire(noRecord, old, true)).toEqual({ retire: false, because: 'no-record' })
  })

  test('C16: nothing is known either where the record was deleted and only an end was noted since', () => {
    expect(mayRetire(tombstoneRecord(), old, false)).toEqual({ retire: false, because: 'no-record' })
  })
})
