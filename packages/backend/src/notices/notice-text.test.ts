import type { Notice } from '@rotator/rotation/record/decision'
import { expect, test } from 'vitest'
import { certificateIdOf, jobId, thingName } from '../testing/test-ids.ts'
import { notificationOf } from './notice-text.ts'

const [old, next, other] = [certificateIdOf('old'), certificateIdOf('new'), certificateIdOf('other')]

const noticeOf = (kind: Notice['kind']): Notice => ({
  kind,
  execution: { jobId: jobId('J1'), executionNumber: 2 },
  status: 'TIMED_OUT',
  oldCertificateId: old,
  newCertificateId: next,
  certificateIds: [other],
})

const names: Record<Notice['kind'], string[]> = {
  'old-kept': ['TIMED_OUT', old, next],
  'new-kept': ['TIMED_OUT', next],
  'both-kept': ['TIMED_OUT', old, next],
  'old-lost': ['J1', old, next],
  'ended-without-certificate': ['TIMED_OUT'],
  'ended-beside': ['TIMED_OUT'],
  'given-by-hand': [other],
  'unknown-certificate': [other],
  choose: [other],
}

test.each(Object.keys(names) as Notice['kind'][])('%s tells what happened, and to whom', kind => {
  const { message, facts } = notificationOf(thingName('dev1'), noticeOf(kind))
  for (const named of ['dev1: ', ...names[kind]]) expect(message).toContain(named)
  expect(message).not.toContain('undefined')
  expect(facts).toEqual({
    thingName: 'dev1',
    jobId: 'J1',
    executionNumber: '2',
    code: kind,
    status: 'TIMED_OUT',
    oldCertificateId: old,
    newCertificateId: next,
    certificateIds: other,
  })
})

test('D15: that both stay is told of a job that has not ended without saying that it has', () => {
  const { message } = notificationOf(thingName('dev1'), { ...noticeOf('both-kept'), status: undefined })
  expect(message).toMatch(/^dev1: job J1 goes on, and it is not known/u)
})

test('C16: who is told of an end without a record is asked to look whether what the device uses is active', () => {
  const { message } = notificationOf(thingName('dev1'), noticeOf('ended-without-certificate'))
  expect(message).toMatch(/Look on the device which certificate it uses.* and is active\.$/u)
})

test.each<Notice['kind']>(['given-by-hand', 'unknown-certificate', 'choose'])(
  '%s names each certificate apart from the next',
  kind => {
    const notice = { ...noticeOf(kind), certificateIds: [other, next] }
    const { message, facts } = notificationOf(thingName('dev1'), notice)
    expect(message).toContain(`${other}, ${next}`)
    expect(facts.certificateIds).toBe(`${other},${next}`)
  },
)

test('facts that are not known are left out', () => {
  const bare: Notice = {
    kind: 'ended-beside',
    execution: { jobId: jobId('J1'), executionNumber: undefined },
    status: undefined,
    oldCertificateId: undefined,
    newCertificateId: undefined,
    certificateIds: [],
  }
  const { message, facts } = notificationOf(thingName('dev1'), bare)
  expect(message).toMatch(/^dev1: job J1 ended while/u)
  expect(Object.entries(facts).filter(([, value]) => value !== undefined)).toEqual([
    ['thingName', 'dev1'],
    ['jobId', 'J1'],
    ['code', 'ended-beside'],
  ])
})
