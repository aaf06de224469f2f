export type NestedFields = { [name: string]: string | NestedFields }

/** `{ 'Attribute.1.Name': 'x' }` of the query protocol as `{ Attribute: { 1: { Name: 'x' } } }`. */
export function nestedFields(fields: Readonly<Record<string, unknown>>): NestedFields {
  const root: NestedFields = Object.create(null)
  for (const [path, value] of Object.entries(fields)) {
    const names = path.split('.')
    const last = names.pop() ?? path
    let at = root
    for (const name of names) {
      const next = at[name]
      at = typeof next === 'object' ? next : (at[name] = Object.create(null) as NestedFields)
    }
    at[last] = String(value)
  }
  return root
}

/** Members of `Name.1`, `Name.2`, … (or `Name.member.1`, …, `Name.entry.1`, …) in the order of their numbers. */
export function numbered(fields: NestedFields | string | undefined): (NestedFields | string)[] {
  if (typeof fields !== 'object') return []
  const inner = fields['member'] ?? fields['entry'] ?? fields
  if (typeof inner !== 'object') return []
  return Object.keys(inner)
    .filter(name => /^\d+$/.test(name))
    .toSorted((a, b) => Number(a) - Number(b))
    .map(name => inner[name] ?? '')
}

export function textOf(fields: NestedFields | string | undefined, name: string): string | undefined {
  const value = typeof fields === 'object' ? fields[name] : undefined
  return typeof value === 'string' ? value : undefined
}
