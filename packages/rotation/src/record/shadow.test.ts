import { describe, expect, test } from 'vitest'
import { fresh, going, leftBehind, old, other, x } from '../testing/record-ids.ts'
import { openRecord, settledRecord, tombstoneRecord, version1Record } from '../testing/records.ts'
import { noRecord, type RotationRecord } from './record.ts'
import { readRecord, recordedAtMs, recordMarker, writeRecord } from './shadow.ts'

const at = '2026-01-02T03:04:05.000Z'

/** What a shadow does with an update of `reported`: it merges, and null removes. */
function merge(reported: Record<string, unknown>, update: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...reported, ...update }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
}

const records: RotationRecord[] = [
  noRecord,
  { progress: 'none', toldOf: [old, fresh] },
  openRecord('created', { told: [x, other], madeBy: 'v1' }),
  openRecord('committed', { execution: undefined, csrDigest: undefined, identities: undefined }),
  openRecord('abandoned', { keep: fresh, turn: 7, retiring: [], superseded: [] }),
  openRecord('held', { unannounced: old }),
  settledRecord('old'),
  settledRecord('new', { tombstone: true }),
  tombstoneRecord({ toldOf: [old], execution: undefined }),
]

describe('the record in the shadow', () => {
  test('tells when it was written, and counts as old where it does not', () => {
    expect(recordedAtMs(writeRecord(noRecord, at))).toBe(Date.parse(at))
    for (const reported of [undefined, {}, { updatedAt: 7 }, { updatedAt: 'soon' }]) {
      expect(recordedAtMs(reported)).toBe(0)
    }
  })

  test('is read as it was written, whatever stood there before', () => {
    for (const before of records) {
      for (const record of records) {
        const reported = merge(writeRecord(before, at), writeRecord(record, at))
        expect(readRecord(merge({}, reported))).toStrictEqual(record)
      }
    }
  })

  test('has flat fields with stable names', () => {
    expect(writeRecord(openRecord('created', { told: [x] }), at)).toStrictEqual({
      schema: 2,
      progress: 'created',
      jobId: 'job-1',
      executionNumber: 1,
      oldCertificateId: old,
      newCertificateId: fresh,
      csrDigest: 'c'.repeat(64),
      oldSubject: 'a'.repeat(64),
      oldKeyDigest: 'b'.repeat(64),
      newKeyDigest: 'f'.repeat(64),
      oldNotAfterMs: 1_800_000_000_000,
      newNotAfterMs: 1_900_000_000_000,
      keep: old,
      unannounced: null,
      turn: 1,
      retiring: [going],
      superseded: [leftBehind],
      told: [{ jobId: 'job-1', executionNumber: 1 }],
      madeBy: 'v2',
      tombstone: null,
      toldOf: null,
      updatedAt: at,
    })
    expect(writeRecord(noRecord, at)).toMatchObject({ progress: null, keep: null, madeBy: null, toldOf: [] })
  })

  test('of a later schema, of another shape or with anything wrong in it is no record', () => {
    const good = merge({}, writeRecord(settledRecord('new'), at))
    const garbage: unknown[] = [
      undefined,
      null,
      'created',
      [],
      {},
      { ...good, schema: 3 },
      { ...good, progress: 'finished' },
      { ...good, retiring: 'all' },
      { ...good, retiring: ['*'] },
      { ...good, keep: old.toUpperCase().replace('0', 'x') },
      { ...good, jobId: '' },
      { ...good, executionNumber: 0 },
      { ...good, turn: -1 },
      { ...good, madeBy: 'v3' },
      { ...good, oldSubject: 'CN=thing' },
      { ...good, oldKeyDigest: `${'a'.repeat(64)}a` },
      { ...good, newKeyDigest: `a${'a'.repeat(64)}` },
      { ...good, csrDigest: 7 },
      { ...good, told: [{ jobId: 'job-1' }] },
      { ...good, tombstone: 'yes' },
      { ...good, superseded: [7] },
      { ...good, toldOf: {} },
      { schema: 2, progress: 'created', oldCertificateId: old, newCertificateId: fresh, madeBy: 'v2' },
      { schema: 2, progress: 'settled', madeBy: 'v2' },
      { schema: 2, progress: 'settled', oldCertificateId: old, keep: old, madeBy: 'v2' },
      { schema: 2, progress: 'settled', newCertificateId: fresh, keep: going, madeBy: 'v2' },
      { schema: 2, progress: 'settled', newCertificateId: fresh, madeBy: 'v2' },
      { schema: 2, toldOf: ['everything'] },
      { schema: 3, toldOf: [old] },
    ]
    for (const reported of garbage) expect(readRecord(reported)).toStrictEqual(noRecord)
  })

  test('lacking what has a natural start is read with that', () => {
    const certificates = { oldCertificateId: old, newCertificateId: fresh }
    const bare = { schema: 2, progress: 'held', ...certificates, keep: old, madeBy: 'v2' }
    const none = { execution: undefined, csrDigest: undefined, identities: undefined }
    const held = openRecord('held', { ...none, turn: 0, retiring: [], superseded: [] })
    expect(readRecord(bare)).toStrictEqual(held)
    const settled = { schema: 2, progress: 'settled', newCertificateId: fresh, keep: fresh, madeBy: 'v2' }
    const kept = { newCertificateId: fresh, keep: fresh }
    expect(readRecord(settled)).toStrictEqual(
      tombstoneRecord({ execution: undefined, tombstone: false, ...kept }),
    )
  })

  test('is known by execution and identities only where they are whole', () => {
    const good = merge({}, writeRecord(openRecord('created'), at))
    expect(readRecord(merge(good, { jobId: null }))).toMatchObject({ execution: undefined })
    expect(readRecord(merge(good, { executionNumber: null }))).toMatchObject({ execution: undefined })
    for (const name of ['oldSubject', 'oldKeyDigest', 'newKeyDigest', 'oldNotAfterMs', 'newNotAfterMs']) {
      expect(readRecord(merge(good, { [name]: null }))).toStrictEqual(
        openRecord('created', { identities: undefined }),
      )
    }
  })
})

describe('where there is no record yet', () => {
  test('the marker sets no field of the record, so that merging it overwrites no decision', () => {
    expect(readRecord(recordMarker)).toStrictEqual(noRecord)
    for (const record of records) {
      const reported = merge({}, writeRecord(record, at))
      expect(readRecord(merge(reported, recordMarker))).toStrictEqual(record)
    }
  })
})

describe('C18: the three fields of a version 1 backend', () => {
  test('are read as a record of an unknown execution, also with a marker merged into them', () => {
    for (const progress of ['created', 'committed'] as const) {
      const fields = { progress, oldCertificateId: old, newCertificateId: fresh }
      expect(readRecord(fields)).toStrictEqual(version1Record(progress))
      expect(readRecord({ ...fields, ...recordMarker })).toStrictEqual(version1Record(progress))
    }
  })

  test('are no record if one is missing or wrong', () => {
    const fields = { progress: 'created', oldCertificateId: old, newCertificateId: fresh }
    for (const wrong of [
      { ...fields, progress: 'settled' },
      { ...fields, oldCertificateId: undefined },
      { ...fields, newCertificateId: 'arn:aws:iot' },
    ]) {
      expect(readRecord(wrong)).toStrictEqual(noRecord)
    }
  })

  test('stay readable for what they are once they are written back', () => {
    const written = merge({}, writeRecord(version1Record('created'), at))
    expect(readRecord(written)).toStrictEqual(version1Record('created'))
  })
})
