import type { IncomingHttpHeaders } from 'node:http'

/** Who calls: the access key of the signature, or the certificate id of a client that came by mutual TLS. */
export interface Caller {
  accessKeyId?: string
  certificateId?: string
}

/** One call of a REST-JSON operation, already routed. */
export interface RestCall {
  /** Parts of the path by the name that the operation's path gives them, percent-decoded. */
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** The parsed JSON body; `{}` where there was none. */
  body: Readonly<Record<string, unknown>>
  rawBody: Buffer
  caller: Caller
}

/** A REST-JSON operation (IoT, its data planes): what it answers is sent as JSON with status 200. */
export interface RestOperation {
  /** The signing name: `iot`, `iotdata`, `iot-jobs-data`, … */
  service: string
  /** The operation's name in AWS's model, such as `AttachThingPrincipal`. */
  name: string
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  /** Such as `/things/{thingName}/principals`; `{name+}` takes the rest of the path with its slashes. */
  path: string
  /** Whoever knows the address may call it, without a signature: it is a link, or checks its callers itself. */
  isAnonymous?: true
  /** Throws {@link AwsError}. A `Uint8Array` is sent as it is. */
  handle(call: RestCall): unknown
}

/** An operation of a service that names its action in the call (SNS, SQS, Private CA, …). */
export interface ActionOperation {
  service: string
  name: string
  /** @param input the parsed JSON body, or the form fields of the query protocol. Throws {@link AwsError}. */
  handle(input: Readonly<Record<string, unknown>>, caller: Caller): unknown
}
