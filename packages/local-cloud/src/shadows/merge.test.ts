import { describe, expect, test } from 'vitest'
import { emptySection, merge } from './merge.ts'

const before = merge(emptySection, { a: 1, nested: { x: 1, y: 2 }, list: [1, 2] }, 100)

describe('merging a change into a section', () => {
  test('each value gets the time of its setting, arrays item by item', () => {
    expect(before.metadata).toEqual({
      a: { timestamp: 100 },
      nested: { x: { timestamp: 100 }, y: { timestamp: 100 } },
      list: [{ timestamp: 100 }, { timestamp: 100 }],
    })
  })

  test('objects are merged member by member and untouched values keep their times', () => {
    const after = merge(before, { nested: { y: 3 } }, 200)
    expect(after.state).toEqual({ a: 1, nested: { x: 1, y: 3 }, list: [1, 2] })
    expect(after.metadata['nested']).toEqual({ x: { timestamp: 100 }, y: { timestamp: 200 } })
    expect(after.metadata['a']).toEqual({ timestamp: 100 })
  })

  test('null removes a value and its time, at every depth', () => {
    const after = merge(before, { a: null, nested: { x: null } }, 200)
    expect(after.state).toEqual({ nested: { y: 2 }, list: [1, 2] })
    expect(after.metadata).toEqual({
      nested: { y: { timestamp: 100 } },
      list: [{ timestamp: 100 }, { timestamp: 100 }],
    })
  })

  test('an array is replaced as a whole', () => {
    expect(merge(before, { list: [{ z: 9 }] }, 200)).toMatchObject({
      state: { list: [{ z: 9 }] },
      metadata: { list: [{ z: { timestamp: 200 } }] },
    })
  })

  test('a value becomes an object, and an object a value', () => {
    const after = merge(before, { a: { deep: true }, nested: 'flat' }, 200)
    expect(after.state).toMatchObject({ a: { deep: true }, nested: 'flat' })
    expect(after.metadata).toMatchObject({ a: { deep: { timestamp: 200 } }, nested: { timestamp: 200 } })
  })

  test('the section before the change stays as it was', () => {
    merge(before, { a: 2, nested: { x: null } }, 200)
    expect(before.state).toEqual({ a: 1, nested: { x: 1, y: 2 }, list: [1, 2] })
  })

  test('a member called __proto__ is a member like any other', () => {
    const change = JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, never>
    const after = merge(emptySection, change, 100)
    expect(JSON.stringify(after.state)).toBe('{"__proto__":{"polluted":true}}')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
