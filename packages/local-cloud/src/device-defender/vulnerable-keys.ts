import { X509Certificate } from 'node:crypto'

/** Odd primes up to 167, which are factors of what these keys' own primes were made from. */
const smallPrimes = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
  109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
]
const generator = 65_537

/** For each prime, the remainders that a power of the generator leaves. */
const marks = smallPrimes.map(prime => {
  const remainders = new Set<number>()
  for (let power = 1; !remainders.has(power); power = (power * (generator % prime)) % prime)
    remainders.add(power)
  return { prime: BigInt(prime), remainders }
})

/**
 * Whether the RSA key of a certificate was made by the library of CVE-2017-15361. Its primes are k·M + (65537^a mod M)
 * with M the product of the smallest primes, so that the modulus too is a power of 65537 modulo each of them. Of other
 * keys less than one in a hundred million is.
 *
 * M. Nemec and others, "The Return of Coppersmith's Attack", CCS 2017.
 */
export function isVulnerableKey(certificatePem: string): boolean {
  const { n } = new X509Certificate(certificatePem).publicKey.export({ format: 'jwk' })
  if (n === undefined) return false
  const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`)
  return marks.every(({ prime, remainders }) => remainders.has(Number(modulus % prime)))
}
