import { fresh, job, old } from '@rotator/rotation/testing/record-ids'
import { openRecord, settledRecord } from '@rotator/rotation/testing/records'
import { expect, test } from 'vitest'
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

test('a rotation that was taken back before it began is nothing to tell of', () => {
  const told = (isWithdrawn: boolean) =>
    new Truth().brokenBy(notice({ code: 'ended-without-certificate', status: 'CANCELED' }), [
      { ...attempt, status: 'CANCELED', isWithdrawn },
    ])
  expect(told(false)).toEqual([])
  expect(told(true)).toHaveLength(1)
})

test('an end that there was not is a lie', () => {
  expect(new Truth().brokenBy(notice({ code: 'ended-beside', status: 'TIMED_OUT' }), failed)).toEqual([
    { rule: 8, problem: 'the operators were told of an end that there was not: TIMED_OUT' },
  ])
})
