import { describe, expect, test } from 'vitest'
import { deltaOf } from './delta.ts'
import type { JsonObject } from './json.ts'
import { emptySection, merge } from './merge.ts'

const delta = (desired: JsonObject, reported: JsonObject) =>
  deltaOf(merge(emptySection, desired, 100), merge(emptySection, reported, 200))

describe('the delta of a shadow', () => {
  test('what is desired and not reported, or reported otherwise, is in it with the times of desired', () => {
    expect(delta({ color: 'RED', state: 'STOP' }, { color: 'GREEN', engine: 'ON' })).toEqual({
      state: { color: 'RED', state: 'STOP' },
      metadata: { color: { timestamp: 100 }, state: { timestamp: 100 } },
    })
  })

  test('nested differences carry the path from the root and nothing beside it', () => {
    expect(delta({ lights: { color: { r: 255, g: 255 } } }, { lights: { color: { r: 255, g: 0 } } })).toEqual(
      {
        state: { lights: { color: { g: 255 } } },
        metadata: { lights: { color: { g: { timestamp: 100 } } } },
      },
    )
  })

  test('an array that differs is copied whole', () => {
    expect(delta({ list: [1, 2, 3] }, { list: [1, 2] })?.state).toEqual({ list: [1, 2, 3] })
    expect(delta({ list: [{ a: 1 }] }, { list: [{ a: 1 }] })).toBeUndefined()
  })

  test('what is only reported is no delta', () => {
    expect(delta({ a: 1 }, { a: 1, b: 2 })).toBeUndefined()
    expect(delta({ a: { x: 1 } }, { a: { x: 1, y: 2 } })).toBeUndefined()
    expect(delta({}, { b: 2 })).toBeUndefined()
  })

  test('a desired object differs from a reported value', () => {
    expect(delta({ a: { x: 1 } }, { a: 7 })?.state).toEqual({ a: { x: 1 } })
  })
})
