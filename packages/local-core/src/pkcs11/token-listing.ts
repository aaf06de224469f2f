/** One object of a token as `pkcs11-tool --list-objects` lists it. */
export interface ListedObject {
  readonly kind: 'private-key' | 'certificate' | 'other'
  readonly label: string
  /** CKA_ID in hex, empty where there is none. */
  readonly id: string
}

/** An object begins with a line at the margin; lines of what it has follow, indented. */
export function parseListing(text: string): ListedObject[] {
  const objects: { kind: ListedObject['kind']; label: string; id: string }[] = []
  for (const line of text.split('\n')) {
    if (/^\S/u.test(line)) objects.push({ kind: kindOf(line), label: '', id: '' })
    const last = objects.at(-1)
    const [, name, value = ''] = /^\s+(label|ID):\s+(.*?)\s*$/u.exec(line) ?? []
    if (last === undefined || name === undefined) continue
    if (name === 'label') last.label = value.replaceAll(/^'|'$/gu, '')
    else last.id = value
  }
  return objects
}

function kindOf(heading: string): ListedObject['kind'] {
  if (heading.startsWith('Private Key Object')) return 'private-key'
  return heading.startsWith('Certificate Object') ? 'certificate' : 'other'
}
