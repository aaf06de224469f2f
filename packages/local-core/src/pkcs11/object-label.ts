const scheme = /^pkcs11:/iu

export const isTokenObject = (pathValue: string): boolean => scheme.test(pathValue)

/**
 * The label in `pkcs11:object=<label>;type=<private or cert>`, all that the nucleus's PKCS#11 provider reads of such
 * a value; token, slot and PIN in it are ignored.
 */
export function objectLabel(pathValue: string, type: 'private' | 'cert'): string {
  const parts = new Map(
    decodeURIComponent(pathValue.replace(scheme, ''))
      .split(';')
      .map(part => {
        const at = part.indexOf('=')
        return [part.slice(0, at), part.slice(at + 1)]
      }),
  )
  const label = parts.get('object') ?? ''
  if (label === '' || parts.get('type') !== type) {
    // The value itself is not told: a PIN may stand in it.
    throw new Error(
      `A pkcs11: path has no object, or its type is not ${type}. Write pkcs11:object=LABEL;type=${type}`,
    )
  }
  return label
}
