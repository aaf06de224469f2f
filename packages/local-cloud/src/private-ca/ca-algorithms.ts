import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { AwsError } from '../api/aws-error.ts'
import type { SignatureHash } from '../certificates/issue.ts'

const generateKeys = promisify(generateKeyPair)

/** The keys that an authority can have here, by AWS's names. */
export const caKeyAlgorithms = {
  RSA_2048: { family: 'RSA', generate: () => generateKeys('rsa', { modulusLength: 2048 }) },
  RSA_3072: { family: 'RSA', generate: () => generateKeys('rsa', { modulusLength: 3072 }) },
  RSA_4096: { family: 'RSA', generate: () => generateKeys('rsa', { modulusLength: 4096 }) },
  EC_prime256v1: { family: 'ECDSA', generate: () => generateKeys('ec', { namedCurve: 'P-256' }) },
  EC_secp384r1: { family: 'ECDSA', generate: () => generateKeys('ec', { namedCurve: 'P-384' }) },
  EC_secp521r1: { family: 'ECDSA', generate: () => generateKeys('ec', { namedCurve: 'P-521' }) },
} as const satisfies Record<string, { family: Family; generate: () => Promise<{ privateKey: KeyObject }> }>
export type CaKeyAlgorithm = keyof typeof caKeyAlgorithms

export function isCaKeyAlgorithm(name: string): name is CaKeyAlgorithm {
  return Object.hasOwn(caKeyAlgorithms, name)
}

type Family = 'RSA' | 'ECDSA'

/** How an authority can sign, by AWS's names. */
export const signingAlgorithms = {
  SHA256WITHRSA: { family: 'RSA', hash: 'sha256' },
  SHA384WITHRSA: { family: 'RSA', hash: 'sha384' },
  SHA512WITHRSA: { family: 'RSA', hash: 'sha512' },
  SHA256WITHECDSA: { family: 'ECDSA', hash: 'sha256' },
  SHA384WITHECDSA: { family: 'ECDSA', hash: 'sha384' },
  SHA512WITHECDSA: { family: 'ECDSA', hash: 'sha512' },
} as const satisfies Record<string, { family: Family; hash: SignatureHash }>
export type SigningAlgorithm = keyof typeof signingAlgorithms

/** Throws InvalidArgsException where the authority's key cannot sign so, as AWS documents it. */
export function checkFamily(keyAlgorithm: CaKeyAlgorithm, signingAlgorithm: SigningAlgorithm): void {
  if (caKeyAlgorithms[keyAlgorithm].family !== signingAlgorithms[signingAlgorithm].family)
    throw new AwsError(
      'InvalidArgsException',
      400,
      `The signing algorithm ${signingAlgorithm} cannot be used with the key type ${keyAlgorithm}`,
    )
}
