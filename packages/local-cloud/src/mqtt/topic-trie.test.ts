import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TopicTrie } from './topic-trie.ts'
import { filterMatches } from './topics.ts'

const level = fc.constantFrom('a', 'b', '', '$aws')
const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map(levels => levels.join('/'))
const filters = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([levels, below]) => (below || levels.length === 0 ? [...levels, '#'] : levels).join('/'))

function found(trie: TopicTrie<number, string>, topic: string): number[] {
  const keys: number[] = []
  trie.visit(topic, key => keys.push(key))
  return keys.toSorted((a, b) => a - b)
}

describe('the trie of subscriptions', () => {
  test('finds exactly the filters that match, each once', () => {
    fc.assert(
      fc.property(fc.array(filters, { maxLength: 12 }), topics, (all, topic) => {
        const trie = new TopicTrie<number, string>()
        for (const [index, filter] of all.entries()) trie.add(filter, index, filter)
        const expected = all.flatMap((filter, index) => (filterMatches(filter, topic) ? [index] : []))
        expect(found(trie, topic)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('finds nothing of what was removed, and all of the rest', () => {
    fc.assert(
      fc.property(fc.array(filters, { maxLength: 12 }), topics, fc.nat(11), (all, topic, removed) => {
        const trie = new TopicTrie<number, string>()
        for (const [index, filter] of all.entries()) trie.add(filter, index, filter)
        trie.remove(all[removed] ?? 'never/added', removed)
        const expected = all.flatMap((filter, index) =>
          index !== removed && filterMatches(filter, topic) ? [index] : [],
        )
        expect(found(trie, topic)).toEqual(expected)
      }),
    )
  })

  test('keeps the last value of a subscriber that subscribes again', () => {
    const trie = new TopicTrie<string, number>()
    trie.add('a/+', 'client', 0)
    trie.add('a/+', 'client', 1)
    const values: number[] = []
    trie.visit('a/b', (_key, value) => values.push(value))
    expect(values).toEqual([1])
  })
})
