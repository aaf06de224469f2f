import { describe, expect, test } from 'vitest'
import { withFragments } from './fragments.ts'

const place = (name: string, text: string): string =>
  `<!-- made from the code: ${name} -->\n${text}<!-- end of it -->`

describe('a page with fragments', () => {
  const page = `Before.\n${place('one', 'stale\n')}\nBetween.\n${place('two', '')}\nAfter.\n`

  test('gets each anew and keeps what people wrote around them', () => {
    const text = withFragments(page, { one: () => 'first', two: () => 'second' })
    expect(text).toBe(
      `Before.\n${place('one', '\nfirst\n\n')}\nBetween.\n${place('two', '\nsecond\n\n')}\nAfter.\n`,
    )
    expect(withFragments(text, { one: () => 'first', two: () => 'second' })).toBe(text)
  })

  test('is refused where a fragment has lost its place, or its maker', () => {
    expect(() => withFragments('Empty.', { one: () => 'first' })).toThrow('no place for: one')
    expect(() => withFragments(page, { one: () => 'first' })).toThrow('"two"')
  })

  test('takes a text with signs that a replacement would read as its own', () => {
    expect(withFragments(place('one', ''), { one: () => '`$aws/things` $& $1' })).toContain(
      '`$aws/things` $& $1',
    )
  })
})
