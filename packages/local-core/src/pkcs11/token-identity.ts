import { X509Certificate } from 'node:crypto'
import { objectLabel } from './object-label.ts'
import type { Pkcs11Provider } from './pkcs11-provider.ts'
import { pkcs11ProviderName } from './pkcs11-provider.ts'
import { type Pkcs11Tool, pkcs11Tool } from './pkcs11-tool.ts'
import { type ListedObject, parseListing } from './token-listing.ts'

/** The key of a token's that a connection is made with, and the certificate for it. */
export interface TokenIdentity {
  readonly provider: Pkcs11Provider
  readonly keyLabel: string
  readonly certificatePem: string
}

export interface TokenPaths {
  readonly certificateFilePath: string
  readonly privateKeyPath: string
  readonly pkcs11: Pkcs11Provider | undefined
}

/**
 * Looks the configured pair up as the nucleus does, and refuses what one of its two users of it refuses.
 *
 * The MQTT library wants exactly one private key with the label. The clients in Java find the certificate by its
 * label alone, so a second one with the same label hides both, and the key by the certificate's CKA_ID.
 */
export function readTokenIdentity(paths: TokenPaths, tool: Pkcs11Tool = pkcs11Tool): TokenIdentity {
  const { pkcs11: provider } = paths
  const keyLabel = objectLabel(paths.privateKeyPath, 'private')
  const certificateLabel = objectLabel(paths.certificateFilePath, 'cert')
  if (provider === undefined) {
    throw new Error(
      `The identity is in a token, and ${pkcs11ProviderName} is not configured with library, slot and userPin.`,
    )
  }
  if (keyLabel !== certificateLabel) {
    throw new Error(
      `The key's label ${keyLabel} and the certificate's label ${certificateLabel} differ; a nucleus wants one for both.`,
    )
  }
  const listed = parseListing(tool(provider, ['--list-objects']).toString())
  const key = only(listed, 'private-key', keyLabel, 'AWS_ERROR_PKCS11_KEY_NOT_FOUND')
  const certificate = only(listed, 'certificate', keyLabel, 'KeyStoreException')
  if (key.id !== certificate.id || key.id === '') {
    throw new Error(
      `KeyStoreException: the key ${keyLabel} has the id ${key.id || 'none'}, its certificate ${certificate.id || 'none'}; they must be equal`,
    )
  }
  const der = tool(provider, ['--read-object', '--type', 'cert', '--label', keyLabel])
  return { provider, keyLabel, certificatePem: new X509Certificate(der).toString() }
}

function only(
  listed: readonly ListedObject[],
  kind: ListedObject['kind'],
  label: string,
  refusal: string,
): ListedObject {
  const [first, ...more] = listed.filter(object => object.kind === kind && object.label === label)
  if (first !== undefined && more.length === 0) return first
  throw new Error(
    `${refusal}: the token holds ${more.length + Number(first !== undefined)} of kind ${kind} with the label ${label}; it must be one`,
  )
}
