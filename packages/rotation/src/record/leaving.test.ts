import { describe, expect, test } from 'vitest'
import { fresh, going, leftBehind, old, stranger } from '../testing/record-ids.ts'
import { openRecord, settledRecord, tombstoneRecord } from '../testing/records.ts'
import { isLeaving } from './leaving.ts'
import { noRecord } from './record.ts'

describe('a certificate is on its way out', () => {
  test('as soon as it was decided that it goes', () => {
    expect(isLeaving(settledRecord('new', { retiring: [old, going] }), old)).toBe(true)
    for (const record of [openRecord('created'), openRecord('held'), settledRecord('old')])
      expect(isLeaving(record, going)).toBe(true)
  })

  test('as soon as the device has said that it uses another one', () => {
    expect(isLeaving(openRecord('committed', { keep: fresh }), old)).toBe(true)
    expect(isLeaving(openRecord('committed', { keep: fresh }), fresh)).toBe(false)
  })

  test('after it is retired too, for whoever has seen it before', () => {
    expect(isLeaving(settledRecord('new', { retiring: [] }), old)).toBe(true)
    expect(isLeaving(settledRecord('old', { retiring: [] }), fresh)).toBe(true)
    expect(isLeaving(settledRecord('old', { retiring: [] }), old)).toBe(false)
  })

  test('not while a rotation may still end on it, and not where nobody decided', () => {
    for (const progress of ['created', 'abandoned', 'held'] as const)
      expect(isLeaving(openRecord(progress), old)).toBe(false)
    expect(isLeaving(settledRecord('new'), fresh)).toBe(false)
    expect(isLeaving(settledRecord('new'), stranger)).toBe(false)
    expect(isLeaving(settledRecord('new'), leftBehind)).toBe(false)
    expect(isLeaving(tombstoneRecord(), old)).toBe(false)
    expect(isLeaving(tombstoneRecord({ oldCertificateId: old, newCertificateId: fresh }), old)).toBe(false)
    expect(isLeaving(noRecord, old)).toBe(false)
  })
})
