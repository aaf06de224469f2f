import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { keyFormatOf } from '../nucleus/key-format-of.ts'
import { keyFormats, refusalOf } from '../nucleus/key-formats.ts'
import { pathOfValue } from '../provision/path-value.ts'

/** What a TLS context is built from: the bytes as they stood at that moment. */
export interface DeviceIdentity {
  readonly certificatePem: string
  readonly privateKeyPem: string
  readonly rootCaFile: string
  /** SHA-256 of the certificate's DER, lower-case hex: AWS IoT's certificate id. */
  readonly fingerprint: string
}

/**
 * Reads certificate and key. The names of errors are those of the nucleus's TLS library. A key that only its clients in
 * Java refuse is refused too: such a nucleus connects, and has neither credentials nor deployments.
 */
export function readDeviceIdentity(paths: {
  readonly certificateFilePath: string
  readonly privateKeyPath: string
  readonly rootCaPath: string
}): DeviceIdentity {
  const certificatePem = read('certificate', paths.certificateFilePath)
  const privateKeyPem = read('private key', paths.privateKeyPath)
  refuseUnreadable(privateKeyPem, paths.privateKeyPath)
  return {
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
