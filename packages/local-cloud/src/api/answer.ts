import type { AwsError } from './aws-error.ts'
import { HttpAnswer } from './http-answer.ts'
import { queryError, querySuccess } from './query-xml.ts'

/** How a service speaks: REST-JSON by path, AWS JSON by `X-Amz-Target`, or the query protocol by `Action`. */
export type Protocol =
  | { kind: 'rest-json' }
  | { kind: 'aws-json'; version: '1.0' | '1.1' }
  | { kind: 'query'; service: string; action: string }

export interface ApiResponse {
  status: number
  headers: Record<string, string>
  body: Uint8Array | string
}

/** What a call answered, in the words of its protocol. */
export function success(protocol: Protocol, output: unknown, requestId: string): ApiResponse {
  if (output instanceof HttpAnswer) {
    const { status, body } = output
    return { status, body, headers: { ...headersOf('application/json', requestId), ...output.headers } }
  }
  if (output instanceof Uint8Array)
    return { status: 200, headers: headersOf('application/octet-stream', requestId), body: output }
  const body = protocol.kind === 'query' ? querySuccess(protocol, output, requestId) : json(output)
  return { status: 200, headers: headersOf(contentType(protocol), requestId), body }
}

/** An error, in the words of the protocol: where the code stands differs in all three. */
export function failure(protocol: Protocol, error: AwsError, requestId: string): ApiResponse {
  // Clients of services that once spoke the query protocol (SQS) look for the old code in a header.
  const { queryErrorCode, ...fields } = error.fields
  const headers = {
    ...headersOf(contentType(protocol), requestId),
    ...(protocol.kind === 'rest-json' && { 'x-amzn-ErrorType': error.code }),
    ...(typeof queryErrorCode === 'string' && { 'x-amzn-query-error': `${queryErrorCode};Sender` }),
  }
  const { status, message, code } = error
  if (protocol.kind === 'query') return { status, headers, body: queryError(protocol, error, requestId) }
  const type = protocol.kind === 'aws-json' ? { __type: code } : {}
  return { status, headers, body: json({ ...fields, ...type, message }) }
}

function contentType(protocol: Protocol): string {
  if (protocol.kind === 'query') return 'text/xml'
  return protocol.kind === 'rest-json' ? 'application/json' : `application/x-amz-json-${protocol.version}`
}

function headersOf(type: string, requestId: string): Record<string, string> {
  return { 'Content-Type': type, 'x-amzn-RequestId': requestId }
}

function json(output: unknown): string {
  return JSON.stringify(output ?? {}, (_key, value: unknown) =>
    value instanceof Map ? Object.fromEntries(value) : value,
  )
}
