import { describe, expect, test } from 'vitest'
import { atPointer, mergeChanges, mergeValues, replaceChanges, withPointer } from './config-merge.ts'
import { createConfigStore } from './config-store.ts'
import { type ConfigChange, createConfigTree } from './config-tree.ts'

const changed = (path: string[], value: string | number, atMs: number): ConfigChange => ({
  what: 'changed',
  path,
  value,
  atMs,
})

describe('a tree', () => {
  test('keeps the newer value, and of two as old the later one', () => {
    const tree = createConfigTree([changed(['a', 'b'], 1, 10)])
    expect(tree.apply(changed(['a', 'b'], 2, 9))).toBe(false)
    expect(tree.get(['a', 'b'])).toBe(1)
    expect(tree.apply(changed(['a', 'b'], 3, 10))).toBe(true)
    expect(tree.get(['a', 'b'])).toBe(3)
  })

  test('finds keys in any case and answers their own spelling', () => {
    const tree = createConfigTree([changed(['System', 'thingName'], 'x', 1)])
    expect(tree.get(['system', 'THINGNAME'])).toBe('x')
    expect(tree.nameOf(['system', 'THINGNAME'])).toBe('thingName')
  })

  test('removes only what is not newer', () => {
    const tree = createConfigTree([changed(['a', 'b'], 1, 10)])
    expect(tree.apply({ what: 'removed', path: ['a', 'b'], atMs: 9 })).toBe(false)
    expect(tree.apply({ what: 'removed', path: ['a', 'b'], atMs: 10 })).toBe(true)
    expect(tree.get(['a'])).toEqual({})
  })

  test('knows when anything below a node changed last', () => {
    const tree = createConfigTree([changed(['a', 'b'], 1, 10), changed(['a', 'c', 'd'], 1, 12)])
    expect(tree.modifiedAt(['a'])).toBe(12)
    expect(tree.modifiedAt(['nothing'])).toBeUndefined()
  })
})

describe('merging', () => {
  test('a replacement drops what it does not name', () => {
    const tree = createConfigTree(mergeChanges(['c'], { keep: 1, drop: { x: 1 }, map: { a: 1, b: 2 } }, 1))
    for (const change of replaceChanges(tree, ['c'], { keep: 2, map: { b: 2 }, list: [1] }, 2))
      tree.apply(change)
    expect(tree.get(['c'])).toEqual({ keep: 2, map: { b: 2 }, list: [1] })
  })

  test('maps merge key by key, everything else is replaced', () => {
    expect(mergeValues({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3] }, d: { e: 1 } })).toEqual({
      a: { b: 1, c: [3] },
      d: { e: 1 },
    })
  })

  test('pointers reach escaped keys and list items, and drop what has no replacement', () => {
    expect(atPointer({ 'a/b': { '~': [5, 6] } }, '/a~1b/~0/1')).toBe(6)
    expect(atPointer({ a: 1 }, '/a/b')).toBeUndefined()
    expect(withPointer({ a: { b: 1, c: 2 } }, '/a/b', undefined)).toEqual({ a: { c: 2 } })
    expect(withPointer({ a: 1 }, '/x/y', 3)).toEqual({ a: 1, x: { y: 3 } })
    expect(withPointer({ a: 1 }, '', { b: 2 })).toEqual({ b: 2 })
  })
})

test('a store logs before it tells, and tells of new values at or below the watched path only', () => {
  const order: string[] = []
  const store = createConfigStore([changed(['a', 'b'], 1, 1)], changes => order.push(`log ${changes.length}`))
  const stop = store.watch(['a'], change => order.push(`heard ${change.path.join('.')}`))
  store.apply([changed(['a', 'b'], 2, 2), changed(['other'], 1, 2)])
  store.apply([changed(['a', 'b'], 2, 3)])
  stop()
  store.apply([changed(['a', 'b'], 4, 4)])
  expect(order).toEqual(['log 2', 'heard a.b', 'log 1', 'log 1'])
})
