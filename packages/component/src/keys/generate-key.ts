import { constants, generateKeyPair, type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto'
import { promisify } from 'node:util'
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

const generate = promisify(generateKeyPair)

/** Takes long on slow devices, and leaves the process free to notice that nobody waits any more. */
export async function generateKey(keyAlgorithm: KeyAlgorithm): Promise<NewKey> {
  const algorithm = keyAlgorithms[keyAlgorithm]
  const { privateKey, publicKey } =
    algorithm.family === 'RSA'
      ? await generate('rsa', { modulusLength: algorithm.modulusLength, publicExponent: 65_537 })
      : await generate('ec', { namedCurve: algorithm.curve })
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
