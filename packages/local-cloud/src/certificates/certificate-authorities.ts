import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerIdentity } from '../api/http-listener.ts'
import { distinguishedName, type Issuer, issueCertificate, pemOf } from './issue.ts'

/** The two authorities of this cloud: one signs devices' certificates, the other its own servers'. */
export interface CertificateAuthorities {
  /** Signs devices' certificates; its name is that of AWS IoT's authority. */
  deviceIssuer: Issuer
  /** The file that clients trust, like Amazon's root CA. */
  rootCaPath: string
  /** A fresh key with a certificate for `localhost` and 127.0.0.1. */
  serverIdentity(keyType: ServerKeyType): ServerIdentity
}

export type ServerKeyType = 'P-256' | 'RSA-2048'

const deviceAuthorityName = distinguishedName([
  ['OU', 'Amazon Web Services'],
  ['O', 'Amazon.com Inc.'],
  ['L', 'Seattle'],
  ['ST', 'Washington'],
  ['C', 'US'],
])
const rootAuthorityName = distinguishedName([
  ['C', 'US'],
  ['O', 'Local Cloud'],
  ['CN', 'Local Cloud Root CA'],
])

const yearMs = 365 * 24 * 3600 * 1000

/**
 * Opens the authorities kept in a directory, or makes them: `device-ca.key`, `root-ca.key` (mode 600) and
 * `root-ca.pem`. A second start with the same directory keeps what devices already trust.
 */
export function openCertificateAuthorities(directory: string, now: number): CertificateAuthorities {
  mkdirSync(directory, { recursive: true })
  const devicePrivateKey = storedKey(join(directory, 'device-ca.key'), 'RSA-2048')
  const rootPrivateKey = storedKey(join(directory, 'root-ca.key'), 'P-256')
  const root: Issuer = { name: rootAuthorityName, privateKey: rootPrivateKey }
  const rootCaPath = join(directory, 'root-ca.pem')
  if (!isCertificateOf(rootCaPath, rootPrivateKey)) writeAtomically(rootCaPath, selfSigned(root, now), 0o644)
  return {
    deviceIssuer: { name: deviceAuthorityName, privateKey: devicePrivateKey },
    rootCaPath,
    serverIdentity: keyType => serverIdentity(root, keyType, now),
  }
}

function selfSigned(root: Issuer, now: number): string {
  const der = issueCertificate(root, {
    subject: root.name,
    publicKeyInfo: publicKeyInfo(root.privateKey),
    notBefore: new Date(now - yearMs),
    notAfter: new Date(now + 20 * yearMs),
    purpose: 'ca',
  })
  return pemOf('CERTIFICATE', der)
}

function serverIdentity(root: Issuer, keyType: ServerKeyType, now: number): ServerIdentity {
  const privateKey = newKey(keyType)
  const der = issueCertificate(root, {
    subject: distinguishedName([['CN', 'localhost']]),
    publicKeyInfo: publicKeyInfo(privateKey),
    notBefore: new Date(now - yearMs),
    notAfter: new Date(now + 10 * yearMs),
    purpose: { serverNames: ['localhost'], serverAddress: [127, 0, 0, 1] },
  })
  return { certificatePem: pemOf('CERTIFICATE', der), privateKeyPem: pkcs8(privateKey) }
}

function storedKey(path: string, keyType: ServerKeyType): KeyObject {
  if (existsSync(path)) return createPrivateKey(readFileSync(path))
  const key = newKey(keyType)
  writeAtomically(path, pkcs8(key), 0o600)
  return key
}

function newKey(keyType: ServerKeyType): KeyObject {
  return keyType === 'P-256'
    ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
    : generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
}

function pkcs8(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}

function publicKeyInfo(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
}

function isCertificateOf(path: string, privateKey: KeyObject): boolean {
  return existsSync(path) && new X509Certificate(readFileSync(path)).checkPrivateKey(privateKey)
}

function writeAtomically(path: string, content: string, mode: number): void {
  const temporary = `${path}.new`
  writeFileSync(temporary, content, { mode })
  renameSync(temporary, path)
}
