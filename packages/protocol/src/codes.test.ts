import { describe, expect, test } from 'vitest'
import { deviceFailureCodes } from './failure-codes.ts'
import type { JobId } from './ids.ts'
import { sameExecution } from './ids.ts'
import { isRejectionCode, isRetryable, rejectionCodes } from './rejection-codes.ts'

describe('codes', () => {
  test('each says what it means and what to do, in sentences', () => {
    const rows = [...Object.values(rejectionCodes), ...Object.values(deviceFailureCodes)]
    for (const { meaning, operator } of rows) {
      expect(meaning).toMatch(/^[A-Z].*\.$/u)
      expect(operator).toMatch(/^[A-Z].*\.$/u)
    }
  })

  test('no code is both a rejection and a failure of the device', () => {
    expect(Object.keys(deviceFailureCodes).filter(isRejectionCode)).toEqual([])
  })

  test('what asks the device to ask again is retryable', () => {
    const retryable = Object.keys(rejectionCodes).filter(code => isRejectionCode(code) && isRetryable(code))
    expect(retryable).toEqual(['ISSUER_BUSY', 'TRY_LATER', 'RESTART_PENDING', 'STALE_TURN', 'NO_RECORD'])
  })

  test('an unknown word is no code', () => {
    expect(isRejectionCode('NEWER')).toBe(false)
    expect(isRejectionCode('toString')).toBe(false)
  })
})

test('executions are the same if job and number are', () => {
  const jobId = 'j' as JobId
  expect(sameExecution({ jobId, executionNumber: 1 }, { jobId, executionNumber: 1 })).toBe(true)
  expect(sameExecution({ jobId, executionNumber: 1 }, { jobId, executionNumber: 2 })).toBe(false)
  expect(sameExecution({ jobId, executionNumber: 1 }, { jobId: 'k' as JobId, executionNumber: 1 })).toBe(
    false,
  )
})
