import { expect, test } from 'vitest'
import { element, oid, sequence, tags } from './der.ts'
import { isSameSubject, subjectDigest } from './subject.ts'

const printableString = 0x13

const name = (tag: number, text: string, attribute = '2.5.4.3'): Buffer =>
  sequence(element(tags.set, sequence(oid(attribute), element(tag, Buffer.from(text)))))

const device = name(tags.utf8String, 'dev1')

test('a subject is the same in another string type', () => {
  const printable = name(printableString, 'dev1')
  expect(subjectDigest(printable)).toBe(subjectDigest(device))
  expect(isSameSubject(printable, device)).toBe(true)
})

test.each([
  ['other words', name(tags.utf8String, 'dev2')],
  ['another attribute', name(tags.utf8String, 'dev1', '2.5.4.10')],
  ['bytes of no string', name(0x04, 'dev1')],
  ['what is no name', Buffer.from('dev1')],
])('%s name somebody else', (_what, other) => {
  expect(isSameSubject(device, other)).toBe(false)
})

test('what cannot be read is like itself', () => {
  expect(isSameSubject(Buffer.from('x'), Buffer.from('x'))).toBe(true)
})
