import { constants, type KeyObject, verify } from 'node:crypto'
import { childrenOf, contentOf, type DerElement, DerError, readOid, readSmallInteger } from './der-reader.ts'

/** One of the nine ways in which a signing request may be signed. */
export type SignatureScheme =
  | { keyType: 'rsa'; padding: 'pkcs1'; hash: HashName }
  | { keyType: 'rsa'; padding: 'pss'; hash: HashName; saltLength: number }
  | { keyType: 'ec'; hash: HashName }

type HashName = 'sha256' | 'sha384' | 'sha512'

const pkcs1: Readonly<Record<string, HashName>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
}

const ecdsa: Readonly<Record<string, HashName>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
}

const hashes: Readonly<Record<string, HashName>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

const pssOid = '1.2.840.113549.1.1.10'
const mgf1Oid = '1.2.840.113549.1.1.8'

/** Reads an AlgorithmIdentifier; undefined for one that AWS IoT does not accept (SHA-1, DSA, MD5, …). */
export function readSignatureAlgorithm(algorithm: DerElement | undefined): SignatureScheme | undefined {
  const [identifier, parameters] = childrenOf(algorithm, 0x30)
  const name = readOid(identifier)
  const pkcs1Hash = pkcs1[name]
  if (pkcs1Hash !== undefined) return { keyType: 'rsa', padding: 'pkcs1', hash: pkcs1Hash }
  const ecdsaHash = ecdsa[name]
  if (ecdsaHash !== undefined) return { keyType: 'ec', hash: ecdsaHash }
  return name === pssOid ? readPss(parameters) : undefined
}

/** RFC 4055 3.1. Every member that is absent means SHA-1 or its salt, so all but the trailer must be there. */
function readPss(parameters: DerElement | undefined): SignatureScheme | undefined {
  const members = new Map(childrenOf(parameters, 0x30).map(member => [member.tag, member]))
  const hash = hashOf(childrenOf(members.get(0xa0), 0xa0)[0])
  const [maskGeneration, maskHash] = childrenOf(childrenOf(members.get(0xa1), 0xa1)[0], 0x30)
  const saltLength = readSmallInteger(childrenOf(members.get(0xa2), 0xa2)[0])
  if (hash === undefined || readOid(maskGeneration) !== mgf1Oid || hashOf(maskHash) !== hash) return undefined
  return { keyType: 'rsa', padding: 'pss', hash, saltLength }
}

function hashOf(algorithm: DerElement | undefined): HashName | undefined {
  const [identifier, parameters] = childrenOf(algorithm, 0x30)
  if (parameters !== undefined && contentOf(parameters, 0x05).length > 0)
    throw new DerError('NULL with content')
  return hashes[readOid(identifier)]
}

/** Whether the signature fits key and scheme. A key of the other family never fits. */
export function signatureIsValid(
  scheme: SignatureScheme,
  key: KeyObject,
  signed: Buffer,
  signature: Buffer,
): boolean {
  if (key.asymmetricKeyType !== scheme.keyType) return false
  if (scheme.keyType === 'ec') return verify(scheme.hash, signed, { key, dsaEncoding: 'der' }, signature)
  if (scheme.padding === 'pkcs1')
    return verify(scheme.hash, signed, { key, padding: constants.RSA_PKCS1_PADDING }, signature)
  const { saltLength } = scheme
  return verify(scheme.hash, signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature)
}
