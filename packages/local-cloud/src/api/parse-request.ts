import type { Protocol } from './answer.ts'
import type { ApiRequest } from './api-request.ts'
import { AwsError } from './aws-error.ts'
import type { ObservedCall } from './call-hooks.ts'
import type { ActionOperation, Caller } from './operation.ts'
import { queryFields } from './query-xml.ts'
import type { createRouter, ServiceHint } from './router.ts'

/** A request that names a known operation, ready to be carried out. */
export interface ParsedCall {
  protocol: Protocol
  call: ObservedCall
  /** Taken without a signature. */
  isAnonymous: boolean
  run: () => unknown
}

/** A request that names none, or cannot be read. */
export interface RefusedRequest {
  protocol: Protocol
  refused: AwsError
}

/** Tells by its headers which protocol a request speaks, and finds the operation that it names. */
export function parseRequest(
  request: ApiRequest,
  caller: Caller,
  signedFor: string | undefined,
  router: ReturnType<typeof createRouter>,
  actions: readonly ActionOperation[],
): ParsedCall | RefusedRequest {
  const target = request.headers['x-amz-target']
  if (typeof target === 'string') return parseAwsJson(request, target, caller, signedFor, actions)
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true)
    return parseQuery(request, caller, signedFor, actions)
  return parseRest(request, caller, serviceHint(caller, signedFor), router)
}

function serviceHint(caller: Caller, signedFor: string | undefined): ServiceHint {
  if (signedFor !== undefined) return { signedFor }
  return caller.certificateId === undefined ? 'unknown' : 'data-plane'
}

function parseRest(
  request: ApiRequest,
  caller: Caller,
  hint: ServiceHint,
  router: ReturnType<typeof createRouter>,
): ParsedCall | RefusedRequest {
  const protocol: Protocol = { kind: 'rest-json' }
  const [path = '/', queryString = ''] = splitOnce(request.url, '?')
  const query = new URLSearchParams(queryString)
  const route = router.find(request.method, path, hint)
  if (route === undefined)
    return {
      protocol,
      refused: new AwsError('UnknownOperationException', 404, `No operation for ${request.method} ${path}`),
    }
  const { operation, params } = route
  const body = jsonObject(request.body)
  // The payload of Publish and UpdateThingShadow is the operation's own matter and may be anything.
  if (body === undefined && !takesRawBody(operation.name))
    return {
      protocol,
      refused: new AwsError('InvalidRequestException', 400, 'The request body is not a JSON object.'),
    }
  const { headers } = request
  const observed = {
    service: operation.service,
    name: operation.name,
    caller,
    params,
    query,
    headers,
    input: body ?? {},
  }
  return {
    protocol,
    call: observed,
    isAnonymous: operation.isAnonymous === true,
    run: () => operation.handle({ params, query, headers, body: body ?? {}, rawBody: request.body, caller }),
  }
}

const rawBodyOperations = new Set(['Publish', 'UpdateThingShadow', 'Invoke', 'SendDirectMessage'])

function takesRawBody(name: string): boolean {
  return rawBodyOperations.has(name)
}

function parseAwsJson(
  request: ApiRequest,
  target: string,
  caller: Caller,
  signedFor: string | undefined,
  actions: readonly ActionOperation[],
): ParsedCall | RefusedRequest {
  const version = request.headers['content-type']?.includes('json-1.0') === true ? '1.0' : '1.1'
  const protocol: Protocol = { kind: 'aws-json', version }
  const operation = findAction(actions, target.slice(target.lastIndexOf('.') + 1), signedFor)
  if (operation === undefined)
    return {
      protocol,
      refused: new AwsError('UnknownOperationException', 400, `Unknown operation ${target}`),
    }
  const input = jsonObject(request.body)
  if (input === undefined)
    return {
      protocol,
      refused: new AwsError('SerializationException', 400, 'The request body is not a JSON object.'),
    }
  return action(protocol, operation, input, request, caller)
}

function parseQuery(
  request: ApiRequest,
  caller: Caller,
  signedFor: string | undefined,
  actions: readonly ActionOperation[],
): ParsedCall | RefusedRequest {
  const { Action: name = '', ...input } = queryFields(request.body)
  const operation = findAction(actions, name, signedFor)
  if (operation === undefined)
    return {
      protocol: { kind: 'query', service: signedFor ?? '', action: name },
      refused: new AwsError('InvalidAction', 400, `The action ${name} is not valid for this endpoint.`),
    }
  return action(
    { kind: 'query', service: operation.service, action: name },
    operation,
    input,
    request,
    caller,
  )
}

function action(
  protocol: Protocol,
  operation: ActionOperation,
  input: Record<string, unknown>,
  { headers }: ApiRequest,
  caller: Caller,
): ParsedCall {
  const { service, name } = operation
  return {
    protocol,
    call: { service, name, caller, params: {}, query: new URLSearchParams(), headers, input },
    isAnonymous: false,
    run: () => operation.handle(input, caller),
  }
}

function findAction(
  actions: readonly ActionOperation[],
  name: string,
  signedFor: string | undefined,
): ActionOperation | undefined {
  return actions.find(
    operation => operation.name === name && (signedFor === undefined || operation.service === signedFor),
  )
}

function jsonObject(body: Buffer): Record<string, unknown> | undefined {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}
