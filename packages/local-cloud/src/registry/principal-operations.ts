import { invalidRequest } from '../api/aws-error.ts'
import { requiredHeader, requiredString } from '../api/input.ts'
import { iotOperation } from '../api/iot-operation.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import { byNextToken, page } from './paging.ts'
import type { ThingPrincipals, ThingPrincipalType } from './thing-principals.ts'
import type { Things } from './things.ts'

export interface PrincipalDependencies {
  clock: Clock
  things: Things
  principals: ThingPrincipals
  /** Throws where there is no such certificate. */
  checkPrincipal: (principal: string) => void
}

const principalHeader = 'x-amzn-principal'

export function principalOperations(deps: PrincipalDependencies): RestOperation[] {
  return [...attaching(deps), ...listings(deps)]
}

function attaching({ clock, things, principals, checkPrincipal }: PrincipalDependencies): RestOperation[] {
  return [
    iotOperation(
      'AttachThingPrincipal',
      'PUT',
      '/things/{thingName}/principals',
      ({ params, query, headers }) => {
        const principal = requiredHeader(headers, principalHeader)
        const type = principalType(query) ?? 'NON_EXCLUSIVE_THING'
        const { thingName } = things.get(requiredString(params, 'thingName'))
        checkPrincipal(principal)
        principals.attach(thingName, principal, type, clock.now())
      },
    ),
    iotOperation(
      'DetachThingPrincipal',
      'DELETE',
      '/things/{thingName}/principals',
      ({ params, headers }) => {
        const principal = requiredHeader(headers, principalHeader)
        const { thingName } = things.get(requiredString(params, 'thingName'))
        principals.detach(thingName, principal, clock.now())
      },
    ),
  ]
}

function listings({ clock, things, principals, checkPrincipal }: PrincipalDependencies): RestOperation[] {
  const ofThing = ({ params, query }: RestCall) => {
    const { thingName } = things.get(requiredString(params, 'thingName'))
    return ofType(principals.listPrincipals(thingName, clock.now()), principalType(query))
  }
  const ofPrincipal = ({ headers, query }: RestCall) => {
    const principal = requiredHeader(headers, principalHeader)
    checkPrincipal(principal)
    return ofType(principals.listThings(principal, clock.now()), principalType(query))
  }
  return [
    iotOperation('ListThingPrincipals', 'GET', '/things/{thingName}/principals', call => {
      const { items, next } = page(ofThing(call), call.query, byNextToken)
      return {
        principals: items.map(([principal]) => principal),
        ...(next !== undefined && { nextToken: next }),
      }
    }),
    iotOperation('ListThingPrincipalsV2', 'GET', '/things/{thingName}/principals-v2', call => {
      const { items, next } = page(ofThing(call), call.query, byNextToken)
      const thingPrincipalObjects = items.map(([principal, thingPrincipalType]) => ({
        principal,
        thingPrincipalType,
      }))
      return { thingPrincipalObjects, ...(next !== undefined && { nextToken: next }) }
    }),
    iotOperation('ListPrincipalThings', 'GET', '/principals/things', call => {
      const { items, next } = page(ofPrincipal(call), call.query, byNextToken)
      return { things: items.map(([thingName]) => thingName), ...(next !== undefined && { nextToken: next }) }
    }),
    iotOperation('ListPrincipalThingsV2', 'GET', '/principals/things-v2', call => {
      const { items, next } = page(ofPrincipal(call), call.query, byNextToken)
      const principalThingObjects = items.map(([thingName, thingPrincipalType]) => ({
        thingName,
        thingPrincipalType,
      }))
      return { principalThingObjects, ...(next !== undefined && { nextToken: next }) }
    }),
  ]
}

function ofType(
  all: [string, ThingPrincipalType][],
  type: ThingPrincipalType | undefined,
): [string, ThingPrincipalType][] {
  return type === undefined ? all : all.filter(([, each]) => each === type)
}

function principalType(query: URLSearchParams): ThingPrincipalType | undefined {
  const type = query.get('thingPrincipalType')
  if (type === null) return undefined
  if (type === 'EXCLUSIVE_THING' || type === 'NON_EXCLUSIVE_THING') return type
  throw invalidRequest(
    `1 validation error detected: Value '${type}' at 'thingPrincipalType' failed to satisfy constraint: ` +
      'Member must satisfy enum value set: [EXCLUSIVE_THING, NON_EXCLUSIVE_THING]',
  )
}
