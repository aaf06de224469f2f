import { type Hash, hashLengths, type SigningAlgorithm, signingAlgorithms } from '../algorithms.ts'
import { context, element, nullElement, oid, sequence, smallInteger, tags } from './der.ts'

const hashOids: Readonly<Record<Hash, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}
/** RFC 4055 §5. */
const pkcs1Oids: Readonly<Record<Hash, string>> = {
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
}
/** RFC 5758 §3.2. */
const ecdsaOids: Readonly<Record<Hash, string>> = {
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
}

/** The AlgorithmIdentifier of a request's signature, in DER. */
export function signatureAlgorithm(name: SigningAlgorithm): Buffer {
  const { scheme, hash } = signingAlgorithms[name]
  switch (scheme) {
    case 'pkcs1':
      return sequence(oid(pkcs1Oids[hash]), nullElement)
    case 'ecdsa':
      return sequence(oid(ecdsaOids[hash]))
    case 'pss':
      return sequence(oid('1.2.840.113549.1.1.10'), pssParameters(hash))
  }
}

/** RFC 4055 §3.1: hash, MGF1 with the same hash, salt length; the trailer field has its default. */
function pssParameters(hash: Hash): Buffer {
  return sequence(
    element(context(0), hashAlgorithm(hash)),
    element(context(1), sequence(oid('1.2.840.113549.1.1.8'), hashAlgorithm(hash))),
    element(context(2), smallInteger(hashLengths[hash])),
  )
}

/** The AlgorithmIdentifier of a hash itself, in DER. */
const hashAlgorithm = (hash: Hash): Buffer => sequence(oid(hashOids[hash]), nullElement)

/** What an RSA signature of PKCS#1 v1.5 really signs (RFC 8017 §9.2): a digest with the name of its hash, in DER. */
export const digestInfo = (hash: Hash, digest: Uint8Array): Buffer =>
  sequence(hashAlgorithm(hash), element(tags.octetString, digest))

const known = new Map<string, SigningAlgorithm>(
  signingAlgorithmNames().map(name => [signatureAlgorithm(name).toString('hex'), name]),
)

/** @returns undefined for an identifier that is not one of the nine, parameters included */
export const readSignatureAlgorithm = (der: Buffer): SigningAlgorithm | undefined =>
  known.get(der.toString('hex'))

function signingAlgorithmNames(): SigningAlgorithm[] {
  return Object.keys(signingAlgorithms) as SigningAlgorithm[]
}
