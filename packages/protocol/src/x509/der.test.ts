import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DerError, element, oid, readElements, readInside, tags, unsignedInteger } from './der.ts'

const hex = (text: string) => Buffer.from(text, 'hex')

describe('DER', () => {
  test.each([
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_536, '0483010000'],
  ])('an element of %i bytes starts with %s', (length, start) => {
    const made = element(0x04, Buffer.alloc(length))
    expect(made.subarray(0, start.length / 2).toString('hex')).toBe(start)
    expect(readElements(made)).toEqual([{ tag: 0x04, content: Buffer.alloc(length), whole: made }])
  })

  test('object identifiers are written as X.690 §8.19 says', () => {
    expect(oid('1.2.840.113549').toString('hex')).toBe('06062a864886f70d')
    expect(oid('2.5.4.3').toString('hex')).toBe('0603550403')
    expect(oid('2').toString('hex')).toBe('060150')
    expect(oid('').toString('hex')).toBe('060100')
  })

  test.each([
    ['', '020100'],
    ['0000', '020100'],
    ['7f', '02017f'],
    ['0080', '02020080'],
    ['00ff01', '020300ff01'],
  ])('the natural number of bytes %s is the integer %s', (magnitude, integer) => {
    expect(unsignedInteger(hex(magnitude)).toString('hex')).toBe(integer)
  })

  test.each([
    ['30', 'a tag alone'],
    ['3005', 'a length alone'],
    ['300501', 'too few bytes'],
    ['1f8100', 'a tag of more than one byte'],
    ['3080', 'an indefinite length'],
    ['30817f', 'a long length for a short one'],
    ['30820080', 'a length with a leading zero'],
    ['3085', 'a length of five bytes'],
    ['3082', 'a length cut short'],
  ])('%s is refused: %s', bytes => {
    expect(() => readElements(hex(bytes))).toThrow(DerError)
  })

  test('one element is expected where one is asked for', () => {
    expect(readInside(hex('3003020101'), tags.sequence)).toHaveLength(1)
    expect(() => readInside(hex('30003000'), tags.sequence)).toThrow(DerError)
    expect(() => readInside(hex('3100'), tags.sequence)).toThrow(DerError)
    expect(() => readInside(hex(''), tags.sequence)).toThrow(DerError)
  })

  test('any content is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 })), contents => {
        const bytes = Buffer.concat(contents.map(content => element(0x04, content)))
        expect(readElements(bytes).map(read => [...read.content])).toEqual(
          contents.map(content => [...content]),
        )
      }),
    )
  })
})
