import { fresh, old, stranger } from '@rotator/rotation/testing/record-ids'
import { openRecord } from '@rotator/rotation/testing/records'
import { expect, test } from 'vitest'
import { brokenByReportedEnd } from './reported-end.ts'

const failed = (used: string | undefined, hasSwitched = true) =>
  brokenByReportedEnd(openRecord('created'), 'FAILED', { hasSwitched, used })

test.each([old, fresh, undefined])(
  'a failure without the word of the record is broken by who uses %s',
  used => {
    expect(failed(used)).toEqual([{ rule: 4, problem: 'FAILED was reported on a record that is created' }])
  },
)

test('a device that never switched needs no word', () => {
  expect(failed(old, false)).toEqual([])
})

test('nor does one that is back on what somebody gave it by hand', () => {
  expect(failed(stranger)).toEqual([])
})

test('a success is asked about whoever reports it', () => {
  const reported = brokenByReportedEnd(openRecord('created'), 'SUCCEEDED', {
    hasSwitched: true,
    used: stranger,
  })
  expect(reported).toEqual([{ rule: 4, problem: 'SUCCEEDED was reported on a record that is created' }])
})
