import type { Protocol } from './answer.ts'
import type { ApiRequest } from './api-request.ts'
import type { AwsError } from './aws-error.ts'
import type { CredentialScope } from './credential-scope.ts'
import type { Caller } from './operation.ts'

/** A call as the hooks see it. */
export interface ObservedCall {
  service: string
  name: string
  caller: Caller
  /** Parts of the path of a REST operation. */
  params: Readonly<Record<string, string>>
  /** The query string of a REST operation. */
  query: URLSearchParams
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** The parsed body, or the fields of the query protocol. */
  input: Readonly<Record<string, unknown>>
}

/** A call that is over, with the HTTP status that was answered (0: the connection was dropped). */
export interface FinishedCall extends ObservedCall {
  status: number
  errorCode?: string
  errorMessage?: string
}

/**
 * What a fault does to a call: refuse it before it takes effect, or let it take effect and then lose or replace
 * the answer. `drop` closes the connection without a word.
 */
export interface CallFault {
  when: 'before' | 'after'
  answer: AwsError | 'drop'
}

export type Interference = (call: ObservedCall) => CallFault | undefined | Promise<CallFault | undefined>

export type Observer = (call: FinishedCall) => void

/** Throws an {@link AwsError}, in the words of the protocol, where the caller is not who the signature says. */
export type Authenticate = (
  request: ApiRequest,
  signature: CredentialScope | undefined,
  protocol: Protocol,
) => Promise<void>

/** Throws an {@link AwsError} where the caller may not do it. */
export type Authorize = (caller: Caller, call: ObservedCall) => void
