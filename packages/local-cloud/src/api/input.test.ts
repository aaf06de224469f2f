import { describe, expect, test } from 'vitest'
import {
  optionalBoolean,
  optionalObject,
  optionalString,
  optionalStringMap,
  queryFlag,
  requiredHeader,
  requiredString,
} from './input.ts'

const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'InvalidRequestException', message: expect.stringMatching(message) })

describe('a member of a request', () => {
  test('that must be there is missed when it is absent, null or empty', () => {
    expect(requiredString({ a: 'x' }, 'a')).toBe('x')
    for (const members of [{}, { a: null }])
      expect(() => requiredString(members, 'a')).toThrow(refused(/Value null at 'a'/))
    expect(() => requiredString({ a: '' }, 'a')).toThrow(refused(/length greater than/))
    expect(() => requiredHeader({}, 'x-amzn-principal')).toThrow(refused(/x-amzn-principal/))
  })

  test.each<[string, () => unknown]>([
    ['a string', () => optionalString({ a: 1 }, 'a')],
    ['a boolean', () => optionalBoolean({ a: 'true' }, 'a')],
    ['an object', () => optionalObject({ a: [] }, 'a')],
    ['an object', () => optionalObject({ a: 'x' }, 'a')],
    ['a string', () => optionalStringMap({ a: { b: 1 } }, 'a')],
  ])('of another type than %s is refused', (type, read) => {
    expect(read).toThrow(refused(new RegExp(`must be ${type}`)))
  })

  test('may be absent or null where it is optional', () => {
    for (const members of [{}, { a: null }])
      for (const read of [optionalString, optionalBoolean, optionalObject, optionalStringMap])
        expect(read(members, 'a')).toBeUndefined()
    expect(optionalBoolean({ a: false }, 'a')).toBe(false)
  })

  test('of the query string is true, false or its default', () => {
    expect(queryFlag(new URLSearchParams('a=true'), 'a')).toBe(true)
    expect(queryFlag(new URLSearchParams('a=false'), 'a', true)).toBe(false)
    expect(queryFlag(new URLSearchParams(), 'a', true)).toBe(true)
    expect(() => queryFlag(new URLSearchParams('a=yes'), 'a')).toThrow(refused(/must be a boolean/))
  })
})
