import type { Caller, RestOperation } from '../api/operation.ts'

export interface GivenCall {
  params?: Record<string, string>
  /** As on the wire (`topic=a&maxResults=2`) or by name. */
  query?: string | Record<string, string>
  headers?: Record<string, string>
  body?: Record<string, unknown>
  rawBody?: Buffer
  caller?: Caller
}

/** Calls a REST operation of a service by name, as the front of the API would after routing. */
export function callOperation(
  operations: readonly RestOperation[],
  name: string,
  given: GivenCall = {},
): unknown {
  const operation = operations.find(candidate => candidate.name === name)
  if (operation === undefined) throw new Error(`No operation ${name}`)
  const { params = {}, query = '', headers = {}, body = {}, rawBody, caller = {} } = given
  return operation.handle({
    params,
    query: new URLSearchParams(query),
    headers,
    body,
    rawBody: rawBody ?? Buffer.from(JSON.stringify(body)),
    caller,
  })
}
