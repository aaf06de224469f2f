import {
  certificateIdSchema,
  csrDigestSchema,
  executionNumberSchema,
  jobIdSchema,
  turnSchema,
} from '@rotator/protocol/ids'

/** What is looked at of a schema's field. */
interface FieldSchema {
  readonly type: string
  readonly wrapped?: FieldSchema
  readonly literal?: unknown
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[]
}

/** The meaning of every field: one that is missing here, or is none of the schema's, does not compile. */
export interface Explained<Name extends string> {
  schema: { readonly entries: Readonly<Record<Name, FieldSchema>> }
  meanings: Readonly<Record<Name, string>>
}

/** The rows of a table of fields: name, value, whether it is always there, meaning. */
export function fieldRows<Name extends string>({ schema, meanings }: Explained<Name>): string[][] {
  const meaningOf: Readonly<Record<string, string>> = meanings
  return Object.entries<FieldSchema>(schema.entries).map(([name, field]) => {
    const { wrapped } = field
    return [
      `\`${name}\``,
      valueOf(wrapped ?? field),
      wrapped === undefined ? 'yes' : 'no',
      meaningOf[name] ?? '',
    ]
  })
}

const known = new Map<FieldSchema, string>([
  [jobIdSchema, 'job id'],
  [certificateIdSchema, '64 hexadecimal digits'],
  [csrDigestSchema, '64 hexadecimal digits'],
  [executionNumberSchema, 'integer from 1'],
  [turnSchema, 'integer from 0'],
])

function valueOf(schema: FieldSchema): string {
  const name = known.get(schema)
  if (name !== undefined) return name
  if (schema.type === 'literal') return `\`${JSON.stringify(schema.literal)}\``
  const longest = schema.pipe?.find(({ type }) => type === 'max_length')?.requirement
  return typeof longest === 'number' ? `${schema.type}, at most ${longest} characters` : schema.type
}
