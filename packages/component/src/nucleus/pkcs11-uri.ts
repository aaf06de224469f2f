/** Whether the nucleus takes a path of its configuration for an object in an HSM. */
export const isPkcs11 = (value: string): boolean => /^pkcs11:/iu.test(value)

/**
 * The label of the object that a `pkcs11:` URI (RFC 7512) names, which is all that the nucleus goes by.
 *
 * @returns undefined where it names none, or more than one. Nothing else of it may be shown: a PIN can stand anywhere.
 */
export function labelOf(uri: string): string | undefined {
  const [path = ''] = uri.slice('pkcs11:'.length).split('?')
  const labels = path.split(';').flatMap(attribute => {
    const at = attribute.indexOf('=')
    return attribute.slice(0, at).trim() === 'object' ? [decoded(attribute.slice(at + 1).trim())] : []
  })
  const [label, ...others] = labels
  return others.length === 0 && label !== '' ? label : undefined
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
