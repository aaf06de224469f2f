import { fileURLToPath } from 'node:url'

/** The file that a configured path value means: a plain path, or a `file:` URI. */
export function pathOfValue(value: string): string {
  if (value.startsWith('pkcs11:')) {
    throw new Error(
      `The configured path ${value} names an object in a PKCS#11 token. This core reads files only; ` +
        'configure a path or a file:// URI.',
    )
  }
  if (!value.startsWith('file:')) return value
  return fileURLToPath(value)
}
