import { describe, expect, test } from 'vitest'
import { job, other, retried, x } from '../testing/record-ids.ts'
import { openRecord, settledRecord } from '../testing/records.ts'
import { noRecord } from './record.ts'
import { isTold, noteTold, toldLimit } from './told.ts'

describe('the ends that are dealt with', () => {
  test('are known by job and number, or by the job alone where the number is not known', () => {
    const record = openRecord('held', { told: [retried] })
    expect(isTold(record, retried)).toBe(true)
    expect(isTold(record, x)).toBe(false)
    expect(isTold(record, { jobId: job, executionNumber: undefined })).toBe(true)
    expect(isTold(record, { jobId: other.jobId, executionNumber: undefined })).toBe(false)
    expect(isTold(record, { ...other, executionNumber: retried.executionNumber })).toBe(false)
    expect(isTold(noRecord, retried)).toBe(false)
  })

  test('are noted once, newest last, and only the last ones of a thing', () => {
    const noted = noteTold(settledRecord('new', { told: [x, other] }), x)
    expect(noted.told).toEqual([other, x])
    const many = Array.from({ length: toldLimit }, (_, index) => ({ jobId: job, executionNumber: index + 3 }))
    const full = noteTold(settledRecord('new', { told: many }), other)
    expect(full.told).toEqual([...many.slice(1), other])
    expect(toldLimit).toBe(8)
  })

  test('cannot be noted of an execution that nobody can name', () => {
    const record = openRecord('held')
    expect(noteTold(record, undefined)).toBe(record)
  })
})
