/**
 * How a library takes a form of private key: it reads it, or refuses it with these words. Undefined where nobody has
 * tried and the verdict does not depend on it.
 */
export type Reading = 'reads' | { readonly refuses: string } | undefined

export interface KeyFormat {
  /** The form, in words that follow "a key". */
  readonly what: string
  /** The client for MQTT on Linux: aws-c-io over s2n. */
  readonly crtLinux: Reading
  /** The client for MQTT on Windows: aws-c-io over SChannel. */
  readonly crtWindows: Reading
  /** The clients of the credential provider and of the data plane, in Java. */
  readonly java: Reading
}

const noneAcceptable = { refuses: 'no acceptable private key found' } as const
const noTlsContext = { refuses: 'AWS_IO_TLS_CTX_ERROR' } as const
const invalidArgument = { refuses: 'AWS_ERROR_INVALID_ARGUMENT' } as const

/**
 * What a nucleus makes of its private key's file. It hands the same file to two libraries, and needs both.
 *
 * `crtLinux` is measured with aws-crt 1.33.1, which a test repeats; `crtWindows` was read in aws-c-io's
 * `source/windows/windows_pki_utils.c`, and its issue 260 says the same of EC; `java` is measured on JDK 17 with the
 * nucleus's own `EncryptionUtils.loadPrivateKeyPair` of July 2026. That one cuts the two lines around the key out and
 * decodes the rest of the file as MIME Base64, so that any other letter in it counts as a part of the key.
 */
export const keyFormats = {
  'rsa-pkcs1': {
    what: 'of RSA in PKCS#1 (`RSA PRIVATE KEY`)',
    crtLinux: 'reads',
    crtWindows: 'reads',
    java: 'reads',
  },
  'rsa-pkcs8': {
    what: 'of RSA in PKCS#8 (`PRIVATE KEY`)',
    crtLinux: 'reads',
    // Since aws-c-io 0.14.20 of October 2024.
    crtWindows: 'reads',
    java: 'reads',
  },
  'ec-sec1': {
    what: 'of EC in SEC1 (`EC PRIVATE KEY`)',
    crtLinux: 'reads',
    crtWindows: 'reads',
    java: { refuses: 'IOException : algid parse error, not a sequence' },
  },
  'ec-pkcs8': {
    what: 'of EC in PKCS#8 (`PRIVATE KEY`)',
    crtLinux: 'reads',
    crtWindows: noneAcceptable,
    java: 'reads',
  },
  'ec-explicit': {
    what: 'of EC with its curve written out in place of its name',
    crtLinux: 'reads',
    crtWindows: undefined,
    java: { refuses: 'IOException : Only named ECParameters supported' },
  },
  'rsa-pss': {
    what: 'of RSA that is bound to PSS',
    crtLinux: 'reads',
    crtWindows: undefined,
    java: { refuses: 'Expected a RSA key, but got RSASSA-PSS' },
  },
  ed25519: {
    what: 'of Ed25519',
    crtLinux: noTlsContext,
    crtWindows: noneAcceptable,
    java: { refuses: 'Invalid RSA private key' },
  },
  encrypted: {
    what: 'that is encrypted with a passphrase',
    crtLinux: noTlsContext,
    crtWindows: noneAcceptable,
    java: { refuses: 'invalid key format' },
  },
  'key-and-more': {
    what: 'with text or another PEM block beside it',
    crtLinux: 'reads',
    crtWindows: undefined,
    java: { refuses: 'Input byte array has incorrect ending byte' },
  },
  'no-key': {
    what: 'that is none in PEM',
    crtLinux: invalidArgument,
    crtWindows: noneAcceptable,
    java: { refuses: 'InvalidKeyException' },
  },
} as const satisfies Record<string, KeyFormat>
export type KeyFormatId = keyof typeof keyFormats

export type KeySystem = 'linux' | 'windows'

/** @returns which library of the nucleus refuses a key of that form there, with its words; undefined where none does */
export function refusalOf(id: KeyFormatId, system: KeySystem): string | undefined {
  const { crtLinux, crtWindows, java }: KeyFormat = keyFormats[id]
  const crt = system === 'linux' ? crtLinux : crtWindows
  if (typeof crt === 'object') return `MQTT: ${crt.refuses}`
  return typeof java === 'object' ? `Java: ${java.refuses}` : undefined
}
