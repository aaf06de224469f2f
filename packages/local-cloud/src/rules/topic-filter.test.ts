import { expect, test } from 'vitest'
import { isTopicFilter, topicMatches } from './topic-filter.ts'

test.each<[string, string, boolean]>([
  ['a/b', 'a/b', true],
  ['a/b', 'a', false],
  ['a', 'a/b', false],
  ['a/+/c', 'a/b/c', true],
  ['a/+/c', 'a/b/d', false],
  ['a/#', 'a/b/c', true],
  ['a/#', 'a', false],
  ['#', 'a/b', true],
  ['+/+', 'a', false],
])('filter %s and topic %s fit: %s', (filter, topic, fits) => {
  expect(topicMatches(filter, topic)).toBe(fits)
})

test.each<[string, boolean]>([
  ['a/+/b/#', true],
  ['', false],
  ['a/#/b', false],
  ['a/b#', false],
  ['x'.repeat(257), false],
])('%s is a topic filter: %s', (filter, valid) => {
  expect(isTopicFilter(filter)).toBe(valid)
})
