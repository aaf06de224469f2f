import { describe, expect, test } from 'vitest'
import { awsLimits } from './limits.ts'
import { filterMatches, isTopic, isTopicFilter } from './topics.ts'

describe('a topic', () => {
  test('may have 256 bytes and seven slashes, and no more', () => {
    expect(isTopic('a'.repeat(256), awsLimits)).toBe(true)
    expect(isTopic('a'.repeat(257), awsLimits)).toBe(false)
    expect(isTopic('ä'.repeat(129), awsLimits)).toBe(false)
    expect(isTopic('a/b/c/d/e/f/g/h', awsLimits)).toBe(true)
    expect(isTopic('a/b/c/d/e/f/g/h/i', awsLimits)).toBe(false)
  })

  test.each(['', 'a/+', 'a/#', 'a\0b'])('%j is none', topic => {
    expect(isTopic(topic, awsLimits)).toBe(false)
  })
})

describe('a topic filter', () => {
  test.each(['a', '+', '#', 'a/+/b', 'a/#', '$aws/things/+/jobs/notify', '/'])('%s is one', filter => {
    expect(isTopicFilter(filter, awsLimits)).toBe(true)
  })

  test.each(['', 'a#', 'a/#/b', 'a+/b', '#/a', 'a\0'])('%j is none', filter => {
    expect(isTopicFilter(filter, awsLimits)).toBe(false)
  })

  test.each([
    ['a/b', 'a/b', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['#', 'a/b', true],
    ['#', '$aws/a', false],
    ['+/a', '$aws/a', false],
    ['$aws/#', '$aws/a', true],
    ['+', '/a', false],
    ['+/+', '/a', true],
  ])('%s matches %s: %s', (filter, topic, expected) => {
    expect(filterMatches(filter, topic)).toBe(expected)
  })
})
