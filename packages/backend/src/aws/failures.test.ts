import { describe, expect, test } from 'vitest'
import { describeError, failureKind, isNamed, statusOf } from './failures.ts'

const error = (name: string, more: object = {}) => Object.assign(new Error('message'), { name, ...more })
const answered = (name: string, httpStatusCode: unknown) => error(name, { $metadata: { httpStatusCode } })

describe('a failed call', () => {
  test.each([
    answered('ThrottlingException', 400),
    answered('TooManyRequestsException', 429),
    answered('Anything', 429),
    answered('InternalFailureException', 500),
    answered('ServiceUnavailableException', 503),
    error('TimeoutError'),
    error('Error', { code: 'ECONNRESET', $metadata: {} }),
  ])('may work later: %s', failure => {
    expect(failureKind(failure)).toBe('again')
  })

  test.each([
    answered('AccessDeniedException', 403),
    answered('InvalidRequestException', 400),
    error('TypeError'),
    'a text',
    null,
  ])('will not work: %s', failure => {
    expect(failureKind(failure)).toBe('final')
  })

  test('has no status where none can be read', () => {
    const without = [
      null,
      7,
      {},
      { $metadata: null },
      { $metadata: 7 },
      { $metadata: {} },
      answered('X', '200'),
    ]
    for (const failure of without) expect(statusOf(failure)).toBeUndefined()
    expect(statusOf(answered('X', 404))).toBe(404)
  })

  test('is known by its name', () => {
    expect(isNamed(error('ConflictException'), 'Other', 'ConflictException')).toBe(true)
    expect(isNamed('ConflictException', 'ConflictException')).toBe(false)
  })

  test('is described in a line', () => {
    expect(describeError(error('ConflictException'))).toBe('ConflictException: message')
    expect(describeError('a text')).toBe('a text')
  })
})
