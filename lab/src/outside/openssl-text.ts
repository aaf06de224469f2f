import { hashLengths, type SigningAlgorithm, signingAlgorithms } from '@rotator/protocol/algorithms'

/** How openssl writes a public key. */
export const publicKeyText = {
  'RSA-2048': /^(?:RSA )?Public-Key: \(2048 bit\)/m,
  'RSA-3072': /^(?:RSA )?Public-Key: \(3072 bit\)/m,
  'ECDSA-P256': /^NIST CURVE: P-256/m,
  'ECDSA-P384': /^NIST CURVE: P-384/m,
  'ECDSA-P521': /^NIST CURVE: P-521/m,
} as const

/** How openssl writes what signed a request. PSS: MGF1 with the same hash, and a salt as long as the hash. */
export function signatureText(signingAlgorithm: SigningAlgorithm): RegExp {
  const { scheme, hash } = signingAlgorithms[signingAlgorithm]
  const sha = hash.toUpperCase()
  if (scheme === 'ecdsa') return new RegExp(`Signature Algorithm: ecdsa-with-${sha}\n`)
  if (scheme === 'pkcs1') return new RegExp(`Signature Algorithm: ${hash}WithRSAEncryption\n`)
  const salt = `0x${hashLengths[hash].toString(16).toUpperCase()}`
  return new RegExp(
    [
      'Signature Algorithm: rsassaPss\\s+Signature Value:',
      `Hash Algorithm: ${hash}`,
      `Mask Algorithm: mgf1 with ${hash}`,
      `Salt Length: ${salt}`,
      'Trailer Field: 0x01',
    ].join('\\s+'),
  )
}
