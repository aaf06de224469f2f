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
export const signatureAlgorithm = (name: SigningAlgorithm): Buffer => identifierOf(name, nullElement)

/** @param none stands where RSA has no parameters: a NULL, or nothing at all */
function identifierOf(name: SigningAlgorithm, none: Buffer): Buffer {
  const { scheme, hash } = signingAlgorithms[name]
  switch (scheme) {
    case 'pkcs1':
      return sequence(oid(pkcs1Oids[hash]), none)
    case 'ecdsa':
      return sequence(oid(ecdsaOids[hash]))
    case 'pss':
      return sequence(oid('1.2.840.113549.1.1.10'), pssParameters(sequence(oid(hashOids[hash]), none), hash))
  }
}

/** RFC 4055 §3.1: hash, MGF1 with the same hash, salt length; the trailer field has its default. */
function pssParameters(hashIdentifier: Buffer, hash: Hash): Buffer {
  return sequence(
    element(context(0), hashIdentifier),
    element(context(1), sequence(oid('1.2.840.113549.1.1.8'), hashIdentifier)),
    element(context(2), smallInteger(hashLengths[hash])),
  )
}

/** What an RSA signature of PKCS#1 v1.5 really signs (RFC 8017 §9.2): a digest with the name of its hash, in DER. */
export const digestInfo = (hash: Hash, digest: Uint8Array): Buffer =>
  sequence(sequence(oid(hashOids[hash]), nullElement), element(tags.octetString, digest))

/**
 * RFC 4055 §2.1 and §5: a NULL is to be written, and to be read where it is left out too. Version 1 leaves it out when it
 * signs by PKCS#1 v1.5 in an HSM.
 */
const known = new Map<string, SigningAlgorithm>(
  signingAlgorithmNames().flatMap(name =>
    [nullElement, Buffer.alloc(0)].map(none => [identifierOf(name, none).toString('hex'), name] as const),
  ),
)

/** @returns undefined for an identifier that is not one of the nine, parameters included */
export const readSignatureAlgorithm = (der: Buffer): SigningAlgorithm | undefined =>
  known.get(der.toString('hex'))

function signingAlgorithmNames(): SigningAlgorithm[] {
  return Object.keys(signingAlgorithms) as SigningAlgorithm[]
}
