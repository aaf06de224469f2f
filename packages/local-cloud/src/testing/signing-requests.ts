import 'reflect-metadata'
import { KeyObject, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** The nine ways of signing that AWS IoT accepts, as WebCrypto names them. */
export const signingAlgorithms = {
  'RSA-2048 with SHA-256': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  'RSA-2048 with SHA-384': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  'RSA-2048 with SHA-512': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  'RSA-2048 with PSS and SHA-256': { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  'RSA-2048 with PSS and SHA-384': { name: 'RSA-PSS', hash: 'SHA-384', saltLength: 48 },
  'RSA-2048 with PSS and SHA-512': { name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 },
  'P-256 with SHA-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'P-384 with SHA-384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  'P-521 with SHA-512': { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
} as const

export interface SignedRequest {
  csrPem: string
  privateKeyPem: string
  /** DER of the SubjectPublicKeyInfo. */
  publicKeyInfo: Buffer
}

/** A signing request by a library of its own, so that what reads it is not tested against itself. */
export async function signedRequest(
  algorithm: { name: string; hash: string; namedCurve?: string; saltLength?: number },
  subject = 'CN=device, O=Example',
  modulusLength = 2048,
  extensions: x509.Extension[] = [],
): Promise<SignedRequest> {
  const keyAlgorithm =
    algorithm.name === 'ECDSA'
      ? { ...algorithm }
      : { ...algorithm, modulusLength, publicExponent: new Uint8Array([1, 0, 1]) }
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new Error(`${algorithm.name} makes no pair of keys`)
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subject,
    keys,
    signingAlgorithm: algorithm,
    extensions,
  })
  return {
    csrPem: `${csr.toString('pem')}\n`,
    privateKeyPem: KeyObject.from(keys.privateKey).export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKeyInfo: Buffer.from(csr.publicKey.rawData),
  }
}
