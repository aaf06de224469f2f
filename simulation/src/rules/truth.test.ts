import { fresh, job, old, other, retried, x } from '@rotator/rotation/testing/record-ids'
import { openRecord, settledRecord, tombstoneRecord } from '@rotator/rotation/testing/records'
import { describe, expect, test } from 'vitest'
import { Truth } from './truth.ts'

const notice = (facts: Readonly<Record<string, string>>) => {
  const all = { thingName: 'dev1', jobId: job, oldCertificateId: old, newCertificateId: fresh, ...facts }
  const entries = Object.entries(all).map(([name, value]) => [name, { StringValue: value }] as const)
  return { Message: '', MessageAttributes: Object.fromEntries(entries) }
}
const attempt = { thing: 'dev1', jobId: job, executionNumber: 1, isWithdrawn: false }
const failed = [{ ...attempt, status: 'FAILED' }] as const

test('what the record once said may be told, also later', () => {
  const truth = new Truth()
  truth.note('dev1', openRecord('created'))
  truth.note('dev1', openRecord('held'))
  truth.note('dev1', settledRecord('new'))
  expect(truth.brokenBy(notice({ code: 'both-kept', status: 'FAILED' }), failed)).toEqual([])
  expect(truth.brokenBy(notice({ code: 'new-kept', status: 'DELETED' }), [])).toEqual([])
  expect(truth.brokenBy(notice({ code: 'choose' }), [])).toEqual([])
})

test.each([
  ['the other side', { code: 'old-kept' }],
  ['another certificate', { code: 'new-kept', oldCertificateId: fresh }],
  ['another thing', { code: 'new-kept', thingName: 'dev2' }],
])('%s is a lie', (_, facts) => {
  const truth = new Truth()
  truth.note('dev1', settledRecord('new'))
  expect(truth.brokenBy(notice(facts), [])).toEqual([
    { rule: 8, problem: `the operators were told ${facts.code}, and it never was` },
  ])
})

describe('a rotation that was taken back before it began', () => {
  const toldBy = (truth: Truth, isWithdrawn: boolean, facts: Readonly<Record<string, string>> = {}) =>
    truth.brokenBy(notice({ code: 'ended-without-certificate', status: 'CANCELED', ...facts }), [
      { ...attempt, status: 'CANCELED', isWithdrawn },
    ])

  test('is nothing to tell of', () => {
    expect(toldBy(new Truth(), false)).toEqual([])
    expect(toldBy(new Truth(), true)).toHaveLength(1)
  })

  test('is to be told of where a device has spoken for it, also once the record is of another', () => {
    const truth = new Truth()
    truth.note('dev1', settledRecord('new'), x)
    truth.note('dev1', tombstoneRecord({ execution: other }))
    expect(toldBy(truth, true)).toEqual([])
    expect(toldBy(truth, true, { executionNumber: '1' })).toEqual([])
  })

  test.each([
    ['that the record only remembers', 'dev1', undefined],
    ['of another thing', 'dev2', x],
    ['of another job', 'dev1', other],
    ['of another try', 'dev1', retried],
  ])('is not to be told of because of one %s', (_, thing, spokenFor) => {
    const truth = new Truth()
    truth.note(thing, tombstoneRecord(), spokenFor)
    expect(toldBy(truth, true)).toHaveLength(1)
  })
})

test('the end of another try is a lie, where the notice says which it is of', () => {
  const told = (executionNumber: string) =>
    new Truth().brokenBy(notice({ code: 'ended-beside', status: 'FAILED', executionNumber }), failed)
  expect(told('1')).toEqual([])
  expect(told('2')).toHaveLength(1)
})

test('an end that there was not is a lie', () => {
  expect(new Truth().brokenBy(notice({ code: 'ended-beside', status: 'TIMED_OUT' }), failed)).toEqual([
    { rule: 8, problem: 'the operators were told of an end that there was not: TIMED_OUT' },
  ])
})
