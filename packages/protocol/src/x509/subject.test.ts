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
  [
    'an attribute that is none',
    Buffer.from(device.toString('latin1').replace('0\u000b', '1\u000b'), 'latin1'),
  ],
])('%s name somebody else', (_what, other) => {
  expect(isSameSubject(device, other)).toBe(false)
})

test('words are not taken for the bytes of a value that has no words', () => {
  const bmpString = 0x1e
  expect(isSameSubject(name(bmpString, 'AB'), name(tags.utf8String, '30:4142'))).toBe(false)
})

test('two words that are both no UTF-8 differ where their bytes differ', () => {
  const [one, other] = [0xfd, 0xfe].map(byte =>
    sequence(element(tags.set, sequence(oid('2.5.4.3'), element(tags.utf8String, Buffer.from([byte]))))),
  )
  expect(isSameSubject(one ?? device, other ?? device)).toBe(false)
})

test('what cannot be read is like itself', () => {
  expect(isSameSubject(Buffer.from('x'), Buffer.from('x'))).toBe(true)
})
