import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { publicKeyOf } from './public-key.ts'

const bytes = (text = ''): Buffer => Buffer.from(text, 'base64url')
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
const { n, e } = rsa.export({ format: 'jwk' })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey
const { x, y } = ec.export({ format: 'jwk' })
const point = Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)])

test("an RSA key is made of a token's words, whose modulus may begin with a zero", () => {
  for (const modulus of [bytes(n), Buffer.concat([Buffer.alloc(1), bytes(n)])]) {
    const key = publicKeyOf('RSA-2048', { family: 'RSA', modulus, publicExponent: bytes(e) })
    expect(key?.equals(rsa)).toBe(true)
  }
})

test('an EC point is read inside an OCTET STRING, and bare', () => {
  for (const given of [point, Buffer.concat([Buffer.from([4, point.length]), point])]) {
    expect(publicKeyOf('ECDSA-P384', { family: 'EC', point: given })?.equals(ec)).toBe(true)
  }
})

test.each([
  ['of another family than RSA', 'RSA-2048', { family: 'EC', point }],
  ['of another family than EC', 'ECDSA-P384', { family: 'RSA', modulus: bytes(n), publicExponent: bytes(e) }],
  ['of a compressed point', 'ECDSA-P384', { family: 'EC', point: Buffer.from([2, ...bytes(x)]) }],
  [
    'of a point on no curve',
    'ECDSA-P384',
    { family: 'EC', point: Buffer.from([4, ...bytes(x), ...bytes(x)]) },
  ],
] as const)('words %s make no key', (_name, algorithm, words) => {
  expect(publicKeyOf(algorithm, words)).toBeUndefined()
})
