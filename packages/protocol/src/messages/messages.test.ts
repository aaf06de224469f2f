import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { certificateIdSchema } from '../ids.ts'
import { parseJsonWith, parseWith } from '../parsed.ts'
import { commitAcceptedSchema, commitRequestSchema } from './commit.ts'
import { createAcceptedSchema, createRequestSchema } from './create.ts'
import { isRotation } from './job-document.ts'
import { isOver, jobRejectedSchema, nextExecutionSchema, updateAcceptedSchema } from './jobs.ts'
import { rejectedSchema } from './rejected.ts'
import { failedDetails, progressDetails, succeededDetails } from './status-details.ts'

const id = parse(certificateIdSchema, 'a'.repeat(64))

describe('requests', () => {
  test('a version 1 create is read: it has no execution number', () => {
    expect(parseWith(createRequestSchema, { jobId: 'j', csr: 'pem', extra: 1 })).toEqual({
      ok: true,
      value: { jobId: 'j', csr: 'pem' },
    })
  })

  test('a request of 4,096 characters is read and one of 4,097 is not', () => {
    expect(parseWith(createRequestSchema, { jobId: 'j', csr: 'x'.repeat(4096) }).ok).toBe(true)
    expect(parseWith(createRequestSchema, { jobId: 'j', csr: 'x'.repeat(4097) }).ok).toBe(false)
  })

  test('a version 1 commit is read: it has a job id alone', () => {
    expect(parseWith(commitRequestSchema, { jobId: 'j' })).toEqual({ ok: true, value: { jobId: 'j' } })
  })

  test('M16: a field of the wrong type is named', () => {
    const parsed = parseWith(commitRequestSchema, { jobId: 'j', turn: '1' })
    expect(parsed).toEqual({ ok: false, problem: expect.stringMatching(/^turn: /u) })
  })

  test.each(['null', '[]', '"text"', '{"jobId":""}', '{"jobId":"a/b"}', '{', ''])(
    'M16: %j is refused',
    text => {
      expect(parseJsonWith(commitRequestSchema, text).ok).toBe(false)
    },
  )

  test('a problem with the whole has no field before it', () => {
    expect(parseWith(commitRequestSchema, null)).toMatchObject({
      problem: expect.not.stringMatching(/^\w+: /u),
    })
  })
})

describe('replies', () => {
  test('those of a version 1 backend are read', () => {
    expect(parseJsonWith(createAcceptedSchema, '{"certificatePem":"pem"}').ok).toBe(true)
    expect(parseJsonWith(commitAcceptedSchema, '{}').ok).toBe(true)
    expect(parseJsonWith(rejectedSchema, '{"errorMsg":"Pre-conditions not met"}').ok).toBe(true)
  })

  test('a code that is not known yet can be read', () => {
    expect(parseJsonWith(rejectedSchema, '{"code":"NEWER","retryable":true}').ok).toBe(true)
  })
})

describe('jobs', () => {
  test('an execution without its document and without a number is read as the first', () => {
    expect(parseWith(nextExecutionSchema, { execution: { jobId: 'j', status: 'QUEUED' } })).toEqual({
      ok: true,
      value: { execution: { jobId: 'j', status: 'QUEUED', executionNumber: 1 } },
    })
  })

  test('nothing pending is an answer without an execution', () => {
    expect(parseWith(nextExecutionSchema, { timestamp: 1 })).toEqual({ ok: true, value: {} })
  })

  test('answers to updates are read', () => {
    expect(parseWith(updateAcceptedSchema, { timestamp: 1, clientToken: 't' }).ok).toBe(true)
    expect(
      parseWith(jobRejectedSchema, { code: 'InvalidStateTransition', executionState: { status: 'FAILED' } })
        .ok,
    ).toBe(true)
  })

  test('queued and in progress are open, all else is over', () => {
    expect(isOver('QUEUED')).toBe(false)
    expect(isOver('IN_PROGRESS')).toBe(false)
    expect(isOver('TIMED_OUT')).toBe(true)
  })

  test("M12: another team's document is no rotation", () => {
    expect(isRotation({ operation: 'ROTATE_CERTIFICATE', keyAlgorithm: 'RSA-2048', more: {} })).toBe(true)
    expect(isRotation({ operation: 'ROTATE_CERTIFICATE', keyAlgorithm: 5 })).toBe(true)
    expect(isRotation({ operation: 'REBOOT' })).toBe(false)
    expect(isRotation('{"operation":"ROTATE_CERTIFICATE"}')).toBe(false)
    expect(isRotation(undefined)).toBe(false)
  })
})

describe('status details', () => {
  test('each map has the key that the rule of the backend looks for', () => {
    expect(progressDetails('ask')).toEqual({ CertificateRotator: 'true', phase: 'ask' })
    expect(succeededDetails('finish', id)).toEqual({
      CertificateRotator: 'true',
      phase: 'finish',
      certificateId: id,
    })
  })

  test('a reason is cut to what Jobs takes, and control characters are dropped', () => {
    const details = failedDetails('fail', 'STORAGE_FAILED', `first\r\nsecond\u0000 ${'x'.repeat(2000)}`)
    expect(details).toMatchObject({
      failureCode: 'STORAGE_FAILED',
      DeviceFailureReason: expect.stringMatching(/^first second {2}x+$/u),
    })
    expect(details['DeviceFailureReason']).toHaveLength(1024)
  })

  test('a character outside the basic plane is never cut in two', () => {
    const { DeviceFailureReason } = failedDetails('fail', 'STORAGE_FAILED', `x${'😀'.repeat(1000)}`)
    expect(DeviceFailureReason).toMatch(/^x(?:😀)+$/u)
  })

  test('an empty reason becomes a text, since Jobs refuses an empty value', () => {
    expect(failedDetails('fail', 'STORAGE_FAILED', '\n')).toMatchObject({
      DeviceFailureReason: 'No reason was given.',
    })
  })
})
