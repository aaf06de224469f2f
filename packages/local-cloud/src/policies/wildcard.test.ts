import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesPattern } from './wildcard.ts'

const none = () => undefined
const variables = (values: Record<string, string>) => (name: string) => values[name]

describe('a pattern', () => {
  test.each([
    ['topic/a', 'topic/a', true],
    ['topic/a', 'topic/ab', false],
    ['topic/*', 'topic/', true],
    ['topic/*', 'topic/a/b', true],
    ['*', '', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*/jobs/*/update', '$aws/things/x/jobs/y/update', true],
    ['*/jobs/*/update', '$aws/things/x/jobs/y/update/accepted', false],
    ['topicfilter/+/a', 'topicfilter/b/a', false],
    ['topicfilter/+/a', 'topicfilter/+/a', true],
    ['a.c', 'abc', false],
  ])('%s matches %s: %s', (pattern, value, expected) => {
    expect(matchesPattern(pattern, value, none)).toBe(expected)
  })

  test('takes the value of a variable literally, whatever characters it has', () => {
    const byClientId = (clientId: string, value: string) =>
      matchesPattern('topic/${iot:ClientId}/*', value, variables({ 'iot:ClientId': clientId }))
    expect(byClientId('dev1', 'topic/dev1/a')).toBe(true)
    expect(byClientId('*', 'topic/dev1/a')).toBe(false)
    expect(byClientId('*', 'topic/*/a')).toBe(true)
    expect(byClientId('d?v', 'topic/dev/a')).toBe(false)
    expect(byClientId('${iot:ClientId}', 'topic/dev1/a')).toBe(false)
  })

  test('with a variable that has no value matches nothing', () => {
    expect(matchesPattern('topic/${iot:Connection.Thing.ThingName}', 'topic/', none)).toBe(false)
    expect(matchesPattern('*${x}', 'anything', none)).toBe(false)
  })

  test('has a way to write the special characters themselves', () => {
    expect(matchesPattern('a${*}b', 'a*b', none)).toBe(true)
    expect(matchesPattern('a${*}b', 'axb', none)).toBe(false)
    expect(matchesPattern('${$}{x}', '${x}', none)).toBe(true)
  })

  test('agrees with a regular expression on any text', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/'), maxLength: 10 })
    fc.assert(
      fc.property(
        letters,
        fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 }),
        (pattern, value) => {
          const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
          expect(matchesPattern(pattern, value, none)).toBe(expression.test(value))
        },
      ),
      { numRuns: 500 },
    )
  })
})
