import { XMLBuilder } from 'fast-xml-parser'
import type { AwsError } from './aws-error.ts'
import { FlatList } from './flat-list.ts'

const namespaces: Readonly<Record<string, string>> = {
  sns: 'http://sns.amazonaws.com/doc/2010-03-31/',
  sqs: 'http://queue.amazonaws.com/doc/2012-11-05/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  cloudformation: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
}

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true })

/** Form fields of the query protocol: `Action`, `Version`, and the members of the call, dots and all. */
export function queryFields(body: Buffer): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body.toString('utf8')))
}

/**
 * `<PublishResponse><PublishResult>…`: an array becomes `<member>` elements, a `Map` becomes
 * `<entry><key/><value/></entry>` elements, anything else keeps its member names.
 */
export function querySuccess(
  call: { service: string; action: string },
  output: unknown,
  requestId: string,
): string {
  return document({
    [`${call.action}Response`]: {
      '@_xmlns': namespaces[call.service] ?? '',
      [`${call.action}Result`]: xmlValue(output ?? {}),
      ResponseMetadata: { RequestId: requestId },
    },
  })
}

export function queryError(call: { service: string }, error: AwsError, requestId: string): string {
  return document({
    ErrorResponse: {
      '@_xmlns': namespaces[call.service] ?? '',
      Error: {
        Type: error.status < 500 ? 'Sender' : 'Receiver',
        Code: error.code,
        Message: error.message,
      },
      RequestId: requestId,
    },
  })
}

function document(root: Record<string, unknown>): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${builder.build(root)}`
}

function xmlValue(value: unknown): unknown {
  if (value instanceof FlatList) return value.items.map(xmlValue)
  if (Array.isArray(value)) return { member: value.map(xmlValue) }
  if (value instanceof Map)
    return { entry: [...value].map(([key, inner]) => ({ key: String(key), value: xmlValue(inner) })) }
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, inner]) => inner !== undefined)
        .map(([key, inner]) => [key, xmlValue(inner)]),
    )
  return value
}
