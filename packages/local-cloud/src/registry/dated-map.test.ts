import { describe, expect, test } from 'vitest'
import { DatedMap } from './dated-map.ts'

const minuteMs = 60_000

describe('a dated map', () => {
  test('tells what it holds now and what it held then', () => {
    const map = new DatedMap<string>()
    map.set('a', 'first', 1000)
    map.set('b', 'other', 2000)
    map.set('a', undefined, 3000)
    expect(map.entries()).toEqual([['b', 'other']])
    expect(map.asOf(2500)).toEqual([
      ['a', 'first'],
      ['b', 'other'],
    ])
    expect(map.asOf(999)).toEqual([])
  })

  test('knows what was held after a time, also where it came and went since', () => {
    const map = new DatedMap<true>()
    map.set('a', true, 5000)
    map.set('a', undefined, 6000)
    expect(map.heldSince('a', 4000)).toBe(true)
    expect(map.heldSince('a', 6000)).toBe(false)
    expect(map.heldAnythingSince(5500)).toBe(true)
    expect(map.heldSince('b', 0)).toBe(false)
  })

  test('remembers ten minutes and forgets what is older', () => {
    const map = new DatedMap<number>()
    map.set('a', 1, 0)
    map.set('gone', 1, 0)
    map.set('gone', undefined, 1)
    map.set('a', 2, 5 * minuteMs)
    map.set('a', 3, 20 * minuteMs)
    expect(map.asOf(10 * minuteMs)).toEqual([['a', 2]])
    expect(map.asOf(minuteMs)).toEqual([])
    expect(map.get('a')).toBe(3)
  })
})
