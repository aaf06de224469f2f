import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { keyFormatOf } from '../nucleus/key-format-of.ts'
import { keyFormats, refusalOf } from '../nucleus/key-formats.ts'
import { isTokenObject } from '../pkcs11/object-label.ts'
import type { Pkcs11Provider } from '../pkcs11/pkcs11-provider.ts'
import { readTokenIdentity, type TokenIdentity } from '../pkcs11/token-identity.ts'
import { pathOfValue } from '../provision/path-value.ts'

interface AnyIdentity {
  readonly certificatePem: string
  readonly rootCaFile: string
  /** SHA-256 of the certificate's DER, lower-case hex: AWS IoT's certificate id. */
  readonly fingerprint: string
}

/** The bytes as they stood at that moment. */
export interface FileIdentity extends AnyIdentity {
  readonly kind: 'files'
  readonly privateKeyPem: string
}

/** The key stays where it is. */
export interface HeldIdentity extends AnyIdentity, TokenIdentity {
  readonly kind: 'token'
}

/** What a TLS context is built from. */
export type DeviceIdentity = FileIdentity | HeldIdentity

interface IdentityPaths {
  readonly certificateFilePath: string
  readonly privateKeyPath: string
  readonly rootCaPath: string
  readonly pkcs11: Pkcs11Provider | undefined
}

/** Reads certificate and key, or looks them up in the token where the key's path names an object of one. */
export function readDeviceIdentity(paths: IdentityPaths): DeviceIdentity {
  return isTokenObject(paths.privateKeyPath) ? readHeldIdentity(paths) : readFileIdentity(paths)
}

function readHeldIdentity(paths: IdentityPaths): HeldIdentity {
  const held = readTokenIdentity(paths)
  return {
    kind: 'token',
    ...held,
    rootCaFile: pathOfValue(paths.rootCaPath),
    fingerprint: fingerprintOf(held.certificatePem, paths.certificateFilePath),
  }
}

/**
 * Reads certificate and key. The names of errors are those of the nucleus's TLS library. A key that only its clients in
 * Java refuse is refused too: such a nucleus connects, and has neither credentials nor deployments.
 */
function readFileIdentity(paths: IdentityPaths): FileIdentity {
  const certificatePem = read('certificate', paths.certificateFilePath)
  const privateKeyPem = read('private key', paths.privateKeyPath)
  refuseUnreadable(privateKeyPem, paths.privateKeyPath)
  return {
    kind: 'files',
    certificatePem,
    privateKeyPem,
    rootCaFile: pathOfValue(paths.rootCaPath),
    fingerprint: fingerprintOf(certificatePem, paths.certificateFilePath),
  }
}

function refuseUnreadable(privateKeyPem: string, pathValue: string): void {
  const format = keyFormatOf(privateKeyPem)
  const refusal = refusalOf(format, 'linux')
  if (refusal === undefined) return
  throw new Error(`${refusal}: the private key at ${pathValue} is a key ${keyFormats[format].what}`)
}

function read(what: string, pathValue: string): string {
  try {
    return readFileSync(pathOfValue(pathValue), 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`AWS_ERROR_FILE_INVALID_PATH: the ${what} at ${pathValue} cannot be read: ${reason}`, {
      cause: error,
    })
  }
}

function fingerprintOf(pem: string, pathValue: string): string {
  try {
    return createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')
  } catch (error) {
    throw new Error(`AWS_IO_TLS_CTX_ERROR: there is no certificate in ${pathValue}`, { cause: error })
  }
}
