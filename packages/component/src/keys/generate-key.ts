import { constants, generateKeyPairSync, type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto'
import {
  hashLengths,
  type KeyAlgorithm,
  keyAlgorithms,
  type SigningAlgorithm,
  signingAlgorithms,
} from '@rotator/protocol/algorithms'

export interface NewKey {
  privateKey: KeyObject
  /** SubjectPublicKeyInfo in DER. */
  publicKey: Buffer
  /**
   * RSA in PKCS#1 and EC in PKCS#8: the only forms that both TLS stacks of the nucleus read. Java takes the
   * older form of an EC key for something else.
   */
  pem: string
}

export function generateKey(keyAlgorithm: KeyAlgorithm): NewKey {
  const algorithm = keyAlgorithms[keyAlgorithm]
  const { privateKey, publicKey } =
    algorithm.family === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: algorithm.modulusLength, publicExponent: 65_537 })
      : generateKeyPairSync('ec', { namedCurve: algorithm.curve })
  const type = algorithm.family === 'RSA' ? 'pkcs1' : 'pkcs8'
  return {
    privateKey,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    pem: privateKey.export({ type, format: 'pem' }).toString(),
  }
}

/** Signs as an X.509 signature algorithm of that name does; an ECDSA signature is in DER. */
export function signWith(signingAlgorithm: SigningAlgorithm, key: KeyObject, bytes: Buffer): Buffer {
  const { scheme, hash } = signingAlgorithms[signingAlgorithm]
  const input: SignKeyObjectInput =
    scheme === 'pss'
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: hashLengths[hash] }
      : { key }
  return sign(hash, bytes, input)
}
