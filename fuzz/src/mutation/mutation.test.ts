import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Dice } from '../dice.ts'
import type { Mutate } from '../target.ts'
import { longestInput, mutateBytes } from './bytes.ts'
import { mutateDer } from './der.ts'
import { mutateFrames, seal } from './frame.ts'
import { jsonOf } from './json.ts'
import { encode, pemOf } from './pem.ts'
import { headed, linesOf, textOf } from './text.ts'

const der = Buffer.from('300a30050c036162630401ff', 'hex')
const json = Buffer.from('{"jobId":"J1","list":[1,{"deep":null}]}')

const all: [string, Mutate, Buffer][] = [
  ['bytes', mutateBytes, json],
  ['JSON', jsonOf(['word']), json],
  ['text', textOf(['word']), json],
  ['lines', linesOf(jsonOf()), Buffer.concat([json, Buffer.from('\n'), json])],
  ['a head and a body', headed(textOf([]), jsonOf()), Buffer.concat([Buffer.from('a/b\n'), json])],
  ['DER', mutateDer, der],
  ['PEM', pemOf(mutateDer), Buffer.from(encode('CERTIFICATE', der))],
  ['frames', mutateFrames, seal(Buffer.from([1, 97, 0]), json)],
]

const many = (mutate: Mutate, input: Buffer, seed = 1, count = 400): Buffer[] => {
  const dice = new Dice(seed)
  return Array.from({ length: count }, () => mutate(input, dice, [input]))
}

describe.each(all)('changes of %s', (_what, mutate, input) => {
  test('differ from each other, are the same for the same seed, and have a limit', () => {
    const changed = many(mutate, input)
    expect(new Set(changed.map(one => one.toString('hex'))).size).toBeGreaterThan(40)
    expect(many(mutate, input)).toEqual(changed)
    expect(many(mutate, input, 2)).not.toEqual(changed)
    expect(changed.every(one => one.length <= longestInput)).toBe(true)
  })

  test('can be made of nothing', () => {
    expect(many(mutate, Buffer.alloc(0)).length).toBe(400)
  })
})

const share = (inputs: readonly Buffer[], isSo: (input: Buffer) => boolean): number =>
  inputs.filter(isSo).length / inputs.length

test('most changes of JSON are JSON, and every kind of strangeness comes', () => {
  const changed = many(jsonOf(['word']), json, 1, 4_000)
  expect(share(changed, isJson)).toBeGreaterThan(0.7)
  const texts = changed.map(String)
  for (const sign of ['__proto__', '1e400', '[[[[', '"word"', '\\u0000'])
    expect(texts.some(text => text.includes(sign))).toBe(true)
  expect(texts.some(text => (text.match(/"jobId"/gu)?.length ?? 0) > 1)).toBe(true)
})

test('most changed frames have the right checksums', () => {
  const changed = many(mutateFrames, seal(Buffer.from([1, 97, 0]), json))
  const isSealed = (frame: Buffer): boolean =>
    frame.length >= 16 && frame.readUInt32BE(8) === crc32(frame.subarray(0, 8))
  expect(share(changed, isSealed)).toBeGreaterThan(0.7)
})

test('most changes of DER keep the lengths around it right', () => {
  const isWhole = (bytes: Buffer): boolean => bytes[1] === bytes.length - 2
  expect(share(many(mutateDer, der), isWhole)).toBeGreaterThan(0.4)
})

function isJson(input: Buffer): boolean {
  try {
    JSON.parse(input.toString())
    return true
  } catch {
    return false
  }
}
