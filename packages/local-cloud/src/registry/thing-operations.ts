import { invalidRequest } from '../api/aws-error.ts'
import {
  optionalBoolean,
  optionalObject,
  optionalString,
  optionalStringMap,
  requiredString,
} from '../api/input.ts'
import { iotOperation } from '../api/iot-operation.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import { byNextToken, page } from './paging.ts'
import type { ThingTypes } from './thing-types.ts'
import type { Thing, ThingChange, Things } from './things.ts'

export interface ThingDependencies {
  clock: Clock
  things: Things
  types: ThingTypes
  thingArn: (thingName: string) => string
  typeArn: (thingTypeName: string) => string
  /** Throws where the thing cannot be deleted now; forgets it everywhere else. */
  deleteThing: (thingName: string, expectedVersion: number | undefined) => void
}

export function thingOperations(deps: ThingDependencies): RestOperation[] {
  return [...thingLife(deps), listThings(deps), ...thingTypes(deps)]
}

function thingLife({ things, types, thingArn, deleteThing }: ThingDependencies): RestOperation[] {
  return [
    iotOperation('CreateThing', 'POST', '/things/{thingName}', ({ params, body }) => {
      const thingName = requiredString(params, 'thingName')
      const thingTypeName = optionalString(body, 'thingTypeName')
      if (thingTypeName !== undefined) types.get(thingTypeName)
      const payload = optionalObject(body, 'attributePayload') ?? {}
      const { thingId } = things.create(
        thingName,
        thingTypeName,
        optionalStringMap(payload, 'attributes') ?? {},
      )
      return { thingName, thingArn: thingArn(thingName), thingId }
    }),
    iotOperation('DescribeThing', 'GET', '/things/{thingName}', ({ params }) => {
      const { thingName, thingId, thingTypeName, attributes, version } = things.get(
        requiredString(params, 'thingName'),
      )
      return {
        defaultClientId: thingName,
        thingName,
        thingId,
        thingArn: thingArn(thingName),
        ...(thingTypeName !== undefined && { thingTypeName }),
        attributes,
        version,
      }
    }),
    iotOperation('UpdateThing', 'PATCH', '/things/{thingName}', ({ params, body }) => {
      const change = thingChange(body)
      if (typeof change.thingTypeName === 'string') types.get(change.thingTypeName)
      things.update(requiredString(params, 'thingName'), change)
    }),
    iotOperation('DeleteThing', 'DELETE', '/things/{thingName}', ({ params, query }) =>
      deleteThing(requiredString(params, 'thingName'), expectedVersionOf(query)),
    ),
  ]
}

function thingChange(body: RestCall['body']): ThingChange {
  const payload = optionalObject(body, 'attributePayload') ?? {}
  const named = optionalString(body, 'thingTypeName')
  const remove = optionalBoolean(body, 'removeThingType') === true
  if (remove && named !== undefined)
    throw invalidRequest('removeThingType and thingTypeName exclude each other')
  return {
    thingTypeName: remove ? null : named,
    attributes: optionalStringMap(payload, 'attributes'),
    merge: optionalBoolean(payload, 'merge') === true,
    expectedVersion: versionNumber(body['expectedVersion']),
  }
}

export function expectedVersionOf(query: URLSearchParams): number | undefined {
  const text = query.get('expectedVersion')
  return text === null ? undefined : versionNumber(Number(text))
}

export function versionNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw invalidRequest("Member 'expectedVersion' must be a whole number")
  return value
}

function listThings({ things, thingArn }: ThingDependencies): RestOperation {
  return iotOperation('ListThings', 'GET', '/things', ({ query }) => {
    const { items, next } = page(things.all().filter(wanted(query)), query, byNextToken)
    const shown = items.map(({ thingName, thingTypeName, attributes, version }) => ({
      thingName,
      ...(thingTypeName !== undefined && { thingTypeName }),
      thingArn: thingArn(thingName),
      attributes,
      version,
    }))
    return { things: shown, ...(next !== undefined && { nextToken: next }) }
  })
}

function wanted(query: URLSearchParams): (thing: Thing) => boolean {
  const type = query.get('thingTypeName')
  const name = query.get('attributeName')
  const value = query.get('attributeValue')
  return thing =>
    (type === null || thing.thingTypeName === type) && (name === null || thing.attributes[name] === value)
}

function thingTypes({ clock, types, typeArn }: ThingDependencies): RestOperation[] {
  return [
    iotOperation('CreateThingType', 'POST', '/thing-types/{thingTypeName}', ({ params, body }) => {
      const properties = optionalObject(body, 'thingTypeProperties') ?? {}
      const description = optionalString(properties, 'thingTypeDescription') ?? ''
      const type = types.create(requiredString(params, 'thingTypeName'), description, clock.now())
      const { thingTypeName, thingTypeId } = type
      return { thingTypeName, thingTypeArn: typeArn(thingTypeName), thingTypeId }
    }),
    iotOperation('DescribeThingType', 'GET', '/thing-types/{thingTypeName}', ({ params }) => {
      const type = types.get(requiredString(params, 'thingTypeName'))
      return {
        thingTypeName: type.thingTypeName,
        thingTypeId: type.thingTypeId,
        thingTypeArn: typeArn(type.thingTypeName),
        thingTypeProperties: { thingTypeDescription: type.description },
        thingTypeMetadata: { deprecated: false, creationDate: type.createdAt / 1000 },
      }
    }),
  ]
}
