import { createHash } from 'node:crypto'

/** An attribute of a message: text for String and Number types, bytes for Binary. */
export interface MessageAttribute {
  dataType: string
  value: string | Buffer
}

const md5 = (bytes: Buffer | string): string => createHash('md5').update(bytes).digest('hex')

function lengthPrefixed(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** What SDKs compare with the body that they sent or received. */
export const bodyDigest = (body: string): string => md5(body)

/** MD5 over all attributes in the order of their names, as SQS's developer guide lays them out. */
export function attributesDigest(attributes: ReadonlyMap<string, MessageAttribute>): string | undefined {
  if (attributes.size === 0) return undefined
  const parts = [...attributes]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { dataType, value }]) => [
      lengthPrefixed(name),
      lengthPrefixed(dataType),
      Buffer.from([typeof value === 'string' ? 1 : 2]),
      lengthPrefixed(value),
    ])
  return md5(Buffer.concat(parts))
}
