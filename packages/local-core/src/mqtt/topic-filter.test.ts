import { expect, test } from 'vitest'
import { filterCovers, filterMatches } from './topic-filter.ts'
import { topicFault } from './topic-limits.ts'

test.each([
  ['a/b', 'a/b', true],
  ['a/+', 'a/b', true],
  ['a/+', 'a', false],
  ['a/+', 'a/b/c', false],
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['+/b', 'a/b', true],
  ['#', '$aws/x', false],
  ['+/x', '$aws/x', false],
  ['$aws/+', '$aws/x', true],
  ['a//b', 'a//b', true],
  ['a/+/b', 'a//b', true],
])('filter %j matches %j: %s', (filter, topic, matches) => {
  expect(filterMatches(filter, topic)).toBe(matches)
})

test.each([
  ['a/#', 'a/+', true],
  ['a/#', 'a/b/#', true],
  ['a/+', 'a/#', false],
  ['a/+', 'a/b', true],
  ['a/b', 'a/+', false],
  ['a/b', 'a/b', true],
])('%j covers %j: %s', (wide, narrow, covers) => {
  expect(filterCovers(wide, narrow)).toBe(covers)
})

test('reserved topics are limited only by length on MQTT 5, like others on MQTT 3', () => {
  const deep = '$aws/things/T/jobs/1/2/3/4/5'
  expect(topicFault(deep, { operation: 'publish', version: 'mqtt5' })).toBeUndefined()
  expect(topicFault(deep, { operation: 'publish', version: 'mqtt3' })).toContain('7 forward slashes')
  const long = `$aws/${'x'.repeat(600)}`
  expect(topicFault(long, { operation: 'publish', version: 'mqtt5' })).toContain('512')
})

test('the prefixes of basic ingest and shared subscriptions do not count', () => {
  const publish = { operation: 'publish', version: 'mqtt5' } as const
  expect(topicFault(`$aws/rules/r/${'x'.repeat(256)}`, publish)).toBeUndefined()
  expect(topicFault(`$aws/rules/r/${'x'.repeat(257)}`, publish)).toContain('256')
  const subscribe = { operation: 'subscribe', version: 'mqtt5' } as const
  expect(topicFault(`$share/g/${'x'.repeat(256)}`, subscribe)).toBeUndefined()
  expect(topicFault('$share/g/1/2/3/4/5/6/7/8/9', subscribe)).toContain('7 forward slashes')
})
