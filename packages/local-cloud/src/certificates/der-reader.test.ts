import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DerError, readElement, readElements, readOid, readSmallInteger } from './der-reader.ts'
import { der, integer, octetString, oid, sequence } from './der-writer.ts'

describe('DER', () => {
  test('is read as it was written, whatever the length', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const content = Buffer.alloc(length, 7)
      expect(readElement(octetString(content)).content).toEqual(content)
    }
  })

  test('object identifiers survive writing and reading', () => {
    for (const id of ['1.2.840.113549.1.1.10', '2.5.4.3', '2.16.840.1.101.3.4.2.1', '0.9.2342.19200300'])
      expect(readOid(readElement(oid(id)))).toBe(id)
  })

  test('small integers survive writing and reading', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7fffffff }), value => {
        const bytes = Buffer.alloc(4)
        bytes.writeUInt32BE(value)
        expect(readSmallInteger(readElement(integer(bytes)))).toBe(value)
      }),
    )
  })

  test.each([
    ['a length that is not minimal', [0x04, 0x81, 0x01, 0x00]],
    ['an indefinite length', [0x30, 0x80, 0x00, 0x00]],
    ['an indefinite length that could be one of 128', [0x04, 0x80, ...Array.from({ length: 128 }, () => 0)]],
    ['a length beyond the end', [0x04, 0x05, 0x00]],
    ['a tag alone', [0x04]],
    ['a high tag number', [0x1f, 0x81, 0x01, 0x00]],
  ])('with %s is refused', (_what, bytes) => {
    expect(() => readElement(Buffer.from(bytes))).toThrow(DerError)
  })

  test('any bytes are either read without remainder or refused with a DerError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        const input = Buffer.from(bytes)
        expect(readOrRefuse(input)).toSatisfy(isRefusalOr(input))
      }),
    )
  })

  test('an object identifier that breaks off is refused', () => {
    expect(() => readOid(readElement(der(0x06, Buffer.from([0x2a, 0x86]))))).toThrow(DerError)
    expect(() => readOid(readElement(der(0x06)))).toThrow(DerError)
    expect(() => readOid(readElement(sequence()))).toThrow(DerError)
  })
})

function readOrRefuse(bytes: Buffer): unknown {
  try {
    return Buffer.concat(readElements(bytes).map(element => element.bytes))
  } catch (error) {
    return error
  }
}

function isRefusalOr(bytes: Buffer): (outcome: unknown) => boolean {
  return outcome => outcome instanceof DerError || (outcome instanceof Uint8Array && bytes.equals(outcome))
}
