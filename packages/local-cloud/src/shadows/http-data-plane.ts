import { AwsError, invalidRequest } from '../api/aws-error.ts'
import { requiredString } from '../api/input.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import { page } from '../registry/paging.ts'
import type { ShadowChanges } from './shadow-changes.ts'
import { ShadowError } from './shadow-error.ts'
import { wholeDocument } from './shadow-view.ts'
import type { ShadowId, Shadows } from './shadows.ts'
import { parseUpdateRequest } from './update-request.ts'

const path = '/things/{thingName}/shadow'

/** `iotdata`: shadows by HTTP. */
export function shadowOperations(deps: {
  shadows: Shadows
  changes: ShadowChanges
  nowSeconds: () => number
}): RestOperation[] {
  const { shadows, changes, nowSeconds } = deps
  return [
    operation('GetThingShadow', 'GET', path, call =>
      wholeDocument(shadows.get(shadowOf(call)), nowSeconds()),
    ),
    operation('UpdateThingShadow', 'POST', path, call =>
      changes.update(shadowOf(call), parseUpdateRequest(call.rawBody)),
    ),
    operation('DeleteThingShadow', 'DELETE', path, call => changes.delete(shadowOf(call))),
    operation(
      'ListNamedShadowsForThing',
      'GET',
      '/api/things/shadow/ListNamedShadowsForThing/{thingName}',
      ({ params, query }) => {
        const names = shadows.namesOf(requiredString(params, 'thingName'))
        const { items, next } = page(names, query, {
          size: 'pageSize',
          token: 'nextToken',
          maximum: 100,
          usual: 25,
        })
        return { results: items, timestamp: nowSeconds(), ...(next !== undefined && { nextToken: next }) }
      },
    ),
  ]
}

function operation(
  name: string,
  method: RestOperation['method'],
  operationPath: string,
  run: (call: RestCall) => unknown,
): RestOperation {
  return { service: 'iotdata', name, method, path: operationPath, handle: call => asHttp(() => run(call)) }
}

function shadowOf({ params, query }: RestCall): ShadowId {
  const thingName = requiredString(params, 'thingName')
  const shadowName = query.get('name')
  if (shadowName === null) return { thingName }
  if (!/^[$a-zA-Z0-9:_-]{1,64}$/.test(shadowName))
    throw invalidRequest(`'${shadowName}' is no name of a shadow: 1 to 64 of letters, digits, $ : _ -`)
  return { thingName, shadowName }
}

const errorNames: Record<ShadowError['code'], string> = {
  400: 'InvalidRequestException',
  404: 'ResourceNotFoundException',
  409: 'ConflictException',
  413: 'RequestEntityTooLargeException',
  415: 'UnsupportedDocumentEncodingException',
}

function asHttp<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ShadowError)) throw error
    throw new AwsError(errorNames[error.code], error.code, error.message)
  }
}
