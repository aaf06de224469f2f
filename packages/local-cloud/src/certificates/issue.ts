import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { childrenOf, readBitString, readElement } from './der-reader.ts'
import {
  bitString,
  der,
  derNull,
  derTrue,
  integer,
  octetString,
  oid,
  sequence,
  set,
  time,
  utf8String,
} from './der-writer.ts'

const attributeOids: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
}

/** A subject or issuer in DER, from `[['CN', 'x'], …]`, in the order given. */
export function distinguishedName(parts: readonly (readonly [keyof typeof attributeOids, string])[]): Buffer {
  return sequence(
    ...parts.map(([type, value]) => set(sequence(oid(attributeOids[type] ?? ''), nameString(type, value)))),
  )
}

// X.520 has countries as PrintableString.
function nameString(type: string, value: string): Buffer {
  return type === 'C' ? der(0x13, Buffer.from(value, 'ascii')) : utf8String(value)
}

/** `end-entity` is what AWS Private CA's template of this name gives. */
export type Extension =
  | 'ca'
  | 'client'
  | 'end-entity'
  | { serverNames: readonly string[]; serverAddress: readonly number[] }

export interface CertificateRequest {
  /** DER of the subject's Name. */
  subject: Buffer
  /** DER of the SubjectPublicKeyInfo. */
  publicKeyInfo: Buffer
  notBefore: Date
  notAfter: Date
  purpose: Extension
  /** DER of an extension with alternative names, which `end-entity` takes over. */
  alternativeNames?: Buffer | undefined
}

export interface Issuer {
  /** DER of the issuer's Name. */
  name: Buffer
  privateKey: KeyObject
}

export type SignatureHash = 'sha256' | 'sha384' | 'sha512'

/** Makes an X.509 v3 certificate and returns its DER. */
export function issueCertificate(
  issuer: Issuer,
  request: CertificateRequest,
  hash: SignatureHash = 'sha256',
): Buffer {
  const algorithm = signatureAlgorithm(issuer.privateKey, hash)
  const issuerKey = createPublicKey(issuer.privateKey).export({ format: 'der', type: 'spki' })
  const tbs = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    algorithm,
    issuer.name,
    sequence(time(request.notBefore), time(request.notAfter)),
    request.subject,
    request.publicKeyInfo,
    der(0xa3, sequence(...extensions(request, issuerKey))),
  )
  return sequence(tbs, algorithm, bitString(sign(hash, tbs, issuer.privateKey)))
}

const signatureOids = {
  rsa: {
    sha256: '1.2.840.113549.1.1.11',
    sha384: '1.2.840.113549.1.1.12',
    sha512: '1.2.840.113549.1.1.13',
  },
  ec: { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' },
} as const

function signatureAlgorithm(key: KeyObject, hash: SignatureHash): Buffer {
  return key.asymmetricKeyType === 'ec'
    ? sequence(oid(signatureOids.ec[hash]))
    : sequence(oid(signatureOids.rsa[hash]), derNull)
}

function serialNumber(): Buffer {
  const bytes = randomBytes(20)
  // Positive and never zero, in at most 20 bytes (RFC 5280 4.1.2.2).
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}

function extensions(
  { purpose, publicKeyInfo, alternativeNames }: CertificateRequest,
  issuerKey: Buffer,
): Buffer[] {
  const identifiers = [
    extension('2.5.29.35', sequence(der(0x80, keyIdentifier(issuerKey)))),
    extension('2.5.29.14', octetString(keyIdentifier(publicKeyInfo))),
  ]
  if (purpose === 'ca')
    return [...identifiers, extension('2.5.29.19', sequence(derTrue), true), keyUsage(0x01, 0x06)]
  const leaf = [...identifiers, extension('2.5.29.19', sequence(), true), keyUsage(0x07, 0x80)]
  if (purpose === 'client') return leaf
  if (purpose === 'end-entity')
    return [
      ...identifiers,
      extension('2.5.29.19', sequence()),
      keyUsage(0x05, 0xa0),
      extension('2.5.29.37', sequence(oid(serverAuthentication), oid('1.3.6.1.5.5.7.3.2'))),
      ...(alternativeNames === undefined ? [] : [alternativeNames]),
    ]
  const names = purpose.serverNames.map(name => der(0x82, Buffer.from(name, 'ascii')))
  const address = der(0x87, Buffer.from(purpose.serverAddress))
  return [
    ...leaf,
    extension('2.5.29.17', sequence(...names, address)),
    extension('2.5.29.37', sequence(oid(serverAuthentication))),
  ]
}

const serverAuthentication = '1.3.6.1.5.5.7.3.1'

function keyUsage(unusedBits: number, bits: number): Buffer {
  return extension('2.5.29.15', der(0x03, Buffer.from([unusedBits, bits])), true)
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [derTrue] : []), octetString(value))
}

/** RFC 5280 4.2.1.2 (1): SHA-1 of the subjectPublicKey bits alone, without the algorithm before them. */
function keyIdentifier(publicKeyInfo: Buffer): Buffer {
  const [, subjectPublicKey] = childrenOf(readElement(publicKeyInfo), 0x30)
  return createHash('sha1').update(readBitString(subjectPublicKey)).digest()
}

/** PEM with lines of 64 characters and a line feed at the end, as AWS answers it. */
export function pemOf(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
