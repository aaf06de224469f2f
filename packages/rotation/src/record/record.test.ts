import { expect, test } from 'vitest'
import { fresh, going, leftBehind, old, stranger } from '../testing/record-ids.ts'
import { identities, openRecord, settledRecord, tombstoneRecord, version1Record } from '../testing/records.ts'
import { identityOf, isOpen, knownCertificates, noRecord } from './record.ts'
import { rows } from './rows.ts'

test('a record knows what it names, each once, and nothing else', () => {
  expect(knownCertificates(openRecord('created'))).toEqual([old, fresh, going, leftBehind])
  expect(knownCertificates(settledRecord('new'))).toEqual([old, fresh, going, leftBehind])
  expect(knownCertificates(tombstoneRecord({ keep: stranger }))).toEqual([stranger])
  expect(knownCertificates(noRecord)).toEqual([])
})

test('subject and key of OLD and NEW are known without asking, where they were noted', () => {
  const subjectDigest = identities.oldSubject
  expect(identityOf(openRecord('created'), old)).toEqual({
    subjectDigest,
    keyDigest: identities.oldKeyDigest,
    notAfterMs: identities.oldNotAfterMs,
  })
  expect(identityOf(settledRecord('new'), fresh)).toEqual({
    subjectDigest,
    keyDigest: identities.newKeyDigest,
    notAfterMs: identities.newNotAfterMs,
  })
  expect(identityOf(openRecord('created'), stranger)).toBeUndefined()
  expect(identityOf(version1Record('created'), old)).toBeUndefined()
  expect(identityOf(noRecord, old)).toBeUndefined()
})

test('a record is open while two certificates are in play', () => {
  for (const progress of ['created', 'committed', 'abandoned', 'held'] as const) {
    expect(isOpen(openRecord(progress))).toBe(true)
  }
  expect(isOpen(noRecord)).toBe(false)
  expect(isOpen(settledRecord('new'))).toBe(false)
})

test('every row of the table can be printed: it says from where, on what, to where and what follows', () => {
  for (const [id, row] of Object.entries(rows)) {
    expect(id).toMatch(/^(create|commit|ended|retired)(: [^|]+)?$/u)
    for (const text of [row.from, row.event, row.to, row.consequence]) expect(text).toMatch(/^[^|\n]+$/u)
  }
})
