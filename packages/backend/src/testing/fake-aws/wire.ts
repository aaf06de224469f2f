import type { IoTClientConfig } from '@aws-sdk/client-iot'

type RequestHandler = NonNullable<IoTClientConfig['requestHandler']>

/** A call as it stands on the wire. */
export interface WireCall {
  path: string[]
  query: Readonly<Record<string, string>>
  headers: Readonly<Record<string, string>>
  body: string
}

export interface WireAnswer {
  status: number
  headers?: Record<string, string>
  body: string
}

export interface Operation {
  name: string
  method: string
  /** As it stands in the signature, where another service has the same path. */
  service?: string
  /** Segments of the path; `*` takes any. */
  path: readonly string[]
  perform(call: WireCall): WireAnswer
}

/** An error as AWS answers it. */
export class AwsFailure extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message = code) {
    super(message)
    this.status = status
    this.code = code
  }
}

export const json = (body: object, status = 200): WireAnswer => ({ status, body: JSON.stringify(body) })

interface SdkRequest {
  method: string
  path: string
  query?: Record<string, string>
  headers: Record<string, string>
  body?: string | Uint8Array
}

/** Takes the calls of SDK clients in place of a connection: what is signed and sent is what is read here. */
export function requestHandler(perform: (method: string, call: WireCall) => WireAnswer): RequestHandler {
  const handler = {
    async handle(request: SdkRequest) {
      const path = request.path.split('/').slice(1).map(decodeURIComponent)
      const body =
        request.body instanceof Uint8Array ? new TextDecoder().decode(request.body) : (request.body ?? '')
      const answer = perform(request.method, {
        path,
        query: request.query ?? {},
        headers: request.headers,
        body,
      })
      return {
        response: {
          statusCode: answer.status,
          headers: answer.headers ?? {},
          body: Buffer.from(answer.body),
        },
      }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
  return handler
}

export function failureAnswer({ status, code, message }: AwsFailure): WireAnswer {
  return {
    status,
    headers: { 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  }
}
