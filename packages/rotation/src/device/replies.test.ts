import { expect, test } from 'vitest'
import {
  type CommitQuestion,
  type CreateQuestion,
  commitAnsweredBy,
  commitRejection,
  createAnsweredBy,
  createRejection,
} from './replies.ts'
import { issued } from './testing/events.ts'
import { jobId, myCsr, newId, oldId, otherCsr, x } from './testing/states.ts'

const create: CreateQuestion = { execution: x, backend: 'unknown', csrDigest: myCsr }
const commit: CommitQuestion = { execution: x, backend: 'unknown', certificateId: newId, turn: 3 }
const byNew = { ...x, certificateId: newId, turn: 3 }
const pem = { certificatePem: 'PEM' }

test('a reply that repeats all that was asked is of a version 2 backend', () => {
  expect(createAnsweredBy(create, issued)).toBe('v2')
  expect(createAnsweredBy({ ...create, backend: 'v1' }, issued)).toBe('v2')
  expect(commitAnsweredBy(commit, byNew)).toBe('v2')
})

test('a bare reply is of a version 1 backend, unless the backend has shown to be version 2', () => {
  expect(createAnsweredBy(create, pem)).toBe('v1')
  expect(createAnsweredBy({ ...create, backend: 'v1' }, pem)).toBe('v1')
  expect(createAnsweredBy({ ...create, backend: 'v2' }, pem)).toBeUndefined()
  expect(commitAnsweredBy(commit, {})).toBe('v1')
  expect(commitAnsweredBy({ ...commit, backend: 'v2' }, {})).toBeUndefined()
})

test.each([
  ['M18: another job', { ...issued, jobId: jobId('earlier') }],
  ['M13: another execution of the job', { ...issued, executionNumber: 1 }],
  ['M20: another CSR', { ...issued, csrDigest: otherCsr }],
  ['no CSR although it names the job', { ...x, ...pem }],
  ['a CSR but no execution', { csrDigest: myCsr, ...pem }],
  ['a job without its number', { jobId: x.jobId, csrDigest: myCsr, ...pem }],
  ['a number without its job', { executionNumber: 2, ...pem }],
])('create/accepted for %s is dropped', (_, reply) => {
  expect(createAnsweredBy(create, reply)).toBeUndefined()
})

test.each([
  ['M18: another job', { ...byNew, jobId: jobId('earlier') }],
  ['M13: another execution', { ...byNew, executionNumber: 3 }],
  ['M21: an earlier turn', { ...byNew, turn: 2 }],
  ['the other certificate', { ...byNew, certificateId: oldId }],
  ['a certificate alone', { certificateId: newId }],
  ['an execution alone', { ...x }],
])('commit/accepted for %s is dropped', (_, reply) => {
  expect(commitAnsweredBy(commit, reply)).toBeUndefined()
})

test('a rejection is known by its code, not by its own word', () => {
  expect(createRejection(create, { ...x, csrDigest: myCsr, code: 'TRY_LATER', retryable: false })).toEqual({
    backend: 'v2',
    kind: 'retryable',
    code: 'TRY_LATER',
    failure: {
      code: 'TRY_LATER',
      reason: expect.stringMatching(/^The cloud rejected the create: A list was stale/u),
    },
  })
  expect(
    commitRejection(commit, { ...byNew, code: 'ABANDONED', retryable: true, errorMsg: 'Given up.' }),
  ).toEqual({
    backend: 'v2',
    kind: 'final',
    code: 'ABANDONED',
    failure: { code: 'ABANDONED', reason: 'The cloud rejected the commit: Given up.' },
  })
})

test('an unknown code is final unless the reply says that it is retryable', () => {
  const reply = { ...x, csrDigest: myCsr, code: 'A_NEWER_CODE', errorMsg: 'Too new.' }
  expect(createRejection(create, reply)).toEqual({
    backend: 'v2',
    kind: 'final',
    code: undefined,
    failure: { code: 'CLOUD_REFUSED', reason: 'The cloud rejected the create with A_NEWER_CODE: Too new.' },
  })
  expect(createRejection(create, { ...reply, retryable: true })?.kind).toBe('retryable')
})

test('a version 1 backend gives no code and perhaps no reason', () => {
  expect(commitRejection(commit, {})).toEqual({
    backend: 'v1',
    kind: 'final',
    code: undefined,
    failure: { code: 'CLOUD_REFUSED', reason: 'The cloud rejected the commit: no reason was given' },
  })
  expect(commitRejection({ ...commit, backend: 'v2' }, {})).toBeUndefined()
})

test.each([
  ['the execution alone', { ...x }],
  ['the code alone', {}],
  ['the job without its number', { jobId: x.jobId, csrDigest: myCsr, certificateId: newId, turn: 3 }],
])("A1: a rejection that names %s answers a stranger's request, which could not name the rest", (_, ids) => {
  expect(createRejection(create, { ...ids, code: 'CLIENT_ID_MISMATCH' })).toBeUndefined()
  expect(commitRejection(commit, { ...ids, code: 'CLIENT_ID_MISMATCH' })).toBeUndefined()
})

test.each([
  ['M18: another job', { jobId: jobId('earlier') }],
  ['M13: another execution', { executionNumber: 1 }],
  ['M20: another CSR', { csrDigest: otherCsr }],
  ['A1: no CSR', { csrDigest: undefined }],
])('create/rejected for %s is dropped', (_, ids) => {
  expect(createRejection(create, { ...x, csrDigest: myCsr, code: 'CSR_INVALID', ...ids })).toBeUndefined()
})

test.each([
  ['M18: another job', { jobId: jobId('earlier') }],
  ['the other certificate', { certificateId: oldId }],
  ['M21: an earlier turn', { turn: 2 }],
  ['A1: no certificate', { certificateId: undefined }],
  ['A1: no turn', { turn: undefined }],
])('commit/rejected for %s is dropped', (_, ids) => {
  expect(commitRejection(commit, { ...byNew, code: 'ABANDONED', ...ids })).toBeUndefined()
})

test('a reason of any length is cut to what fits into journal and status details', () => {
  const cut = createRejection(create, {
    ...x,
    csrDigest: myCsr,
    code: 'CSR_INVALID',
    errorMsg: 'e'.repeat(5000),
  })
  expect(cut?.failure.reason).toHaveLength(900)
})
