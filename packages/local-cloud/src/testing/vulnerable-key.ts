import { createPublicKey } from 'node:crypto'

const primes = [
  2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
  107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
]

/** DER of the public key of 2048 bits that CVE-2017-15361 gives away. Nobody has its private key. */
export function vulnerablePublicKey(power = 20_171_016n): Buffer {
  const product = primes.reduce((sofar, prime) => sofar * BigInt(prime), 1n)
  let mark = 1n
  for (let left = power, base = 65_537n; left > 0n; left /= 2n, base = (base * base) % product)
    if (left % 2n === 1n) mark = (mark * base) % product
  const modulus = ((1n << 2047n) / product + 1n) * product + mark
  const n = Buffer.from(modulus.toString(16), 'hex').toString('base64url')
  return createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' }).export({
    format: 'der',
    type: 'spki',
  })
}
