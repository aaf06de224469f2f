import { describe, expect, test } from 'vitest'
import { ManualClock } from '../testing/manual-clock.ts'
import { ShadowError } from './shadow-error.ts'
import { createShadows } from './shadows.ts'

const id = { thingName: 'dev1', shadowName: 'record' }
const hourMs = 60 * 60 * 1000

function setUp() {
  const clock = new ManualClock()
  return { clock, shadows: createShadows(clock) }
}

function codeOf(run: () => unknown): number {
  try {
    run()
  } catch (error) {
    if (error instanceof ShadowError) return error.code
    throw error
  }
  return 200
}

describe('versions of a shadow', () => {
  test('the first update makes the shadow with version 1, each further one adds one', () => {
    const { shadows } = setUp()
    expect(shadows.update(id, { reported: { a: 1 } }).current.version).toBe(1)
    expect(shadows.update(id, { reported: { a: 1 } }).current.version).toBe(2)
    expect(shadows.update(id, {}).current.version).toBe(3)
  })

  test('an update that names another version than the shadow has is refused with 409 and changes nothing', () => {
    const { shadows } = setUp()
    shadows.update(id, { reported: { a: 1 } })
    shadows.update(id, { reported: { a: 2 }, version: 1 })
    expect(codeOf(() => shadows.update(id, { reported: { a: 3 }, version: 1 }))).toBe(409)
    expect(codeOf(() => shadows.update(id, { reported: { a: 3 }, version: 3 }))).toBe(409)
    expect(shadows.get(id)).toMatchObject({ version: 2, reported: { state: { a: 2 } } })
  })

  test('of two updates that name the same version only the first is taken', () => {
    const { shadows } = setUp()
    shadows.update(id, { reported: { a: 1 } })
    const outcomes = ['first', 'second'].map(a =>
      codeOf(() => shadows.update(id, { reported: { a }, version: 1 })),
    )
    expect(outcomes).toEqual([200, 409])
  })

  test('an update that names a version of a shadow that does not exist is refused with 409', () => {
    const { shadows } = setUp()
    expect(codeOf(() => shadows.update(id, { reported: {}, version: 1 }))).toBe(409)
    expect(codeOf(() => shadows.update(id, { reported: {}, version: 0 }))).toBe(409)
  })

  test('a shadow made again within 48 hours of its deletion continues the versions', () => {
    const { clock, shadows } = setUp()
    shadows.update(id, { reported: { a: 1 } })
    shadows.update(id, { reported: { b: 1 } })
    expect(shadows.delete(id)).toBe(2)
    clock.advance(48 * hourMs)
    const { previous, current } = shadows.update(id, { reported: { c: 1 } })
    expect(previous).toBeUndefined()
    expect(current).toMatchObject({ version: 3, reported: { state: { c: 1 } } })
    expect(current.reported.state).toEqual({ c: 1 })
  })

  test('a shadow made again later starts at version 1', () => {
    const { clock, shadows } = setUp()
    shadows.update(id, { reported: { a: 1 } })
    shadows.delete(id)
    clock.advance(48 * hourMs + 1)
    expect(shadows.update(id, { reported: { a: 1 } }).current.version).toBe(1)
  })
})

describe('shadows of a thing', () => {
  test('the classic shadow and named ones are apart', () => {
    const { shadows } = setUp()
    shadows.update({ thingName: 'dev1' }, { reported: { classic: true } })
    shadows.update(id, { reported: { classic: false } })
    expect(shadows.get({ thingName: 'dev1' }).reported.state).toEqual({ classic: true })
    expect(shadows.get(id).reported.state).toEqual({ classic: false })
    expect(shadows.namesOf('dev1')).toEqual(['record'])
  })

  test('a missing shadow is refused with 404 and the text of AWS', () => {
    const { shadows } = setUp()
    expect(() => shadows.get(id)).toThrow("No shadow exists with name: 'dev1~record'")
    expect(() => shadows.get({ thingName: 'dev1' })).toThrow("No shadow exists with name: 'dev1'")
    expect(codeOf(() => shadows.delete(id))).toBe(404)
  })

  test('a deleted shadow is gone from get and from the list of names', () => {
    const { shadows } = setUp()
    shadows.update(id, { reported: { a: 1 } })
    shadows.delete(id)
    expect(codeOf(() => shadows.get(id))).toBe(404)
    expect(codeOf(() => shadows.delete(id))).toBe(404)
    expect(shadows.namesOf('dev1')).toEqual([])
  })

  test('a section that is set to null is removed, the other stays', () => {
    const { shadows } = setUp()
    shadows.update(id, { desired: { a: 1 }, reported: { a: 1 } })
    const { current, delta } = shadows.update(id, { desired: null })
    expect(current.desired.state).toEqual({})
    expect(current.reported.state).toEqual({ a: 1 })
    expect(delta).toBeUndefined()
  })
})

describe('the size of a shadow', () => {
  const empty = JSON.stringify({ desired: {}, reported: { a: '' } }).length

  test('8 KB of state are taken, a byte more is refused with 413 and changes nothing', () => {
    const { shadows } = setUp()
    shadows.update(id, { reported: { a: 'x'.repeat(8192 - empty) } })
    expect(codeOf(() => shadows.update(id, { reported: { a: 'x'.repeat(8193 - empty) } }))).toBe(413)
    expect(shadows.get(id).version).toBe(1)
  })

  test('many small updates together may not exceed it either', () => {
    const { shadows } = setUp()
    shadows.update(id, { reported: { a: 'x'.repeat(5000) } })
    expect(codeOf(() => shadows.update(id, { reported: { b: 'x'.repeat(5000) } }))).toBe(413)
  })
})
