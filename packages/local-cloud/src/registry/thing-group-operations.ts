import { invalidRequest } from '../api/aws-error.ts'
import { optionalObject, optionalString, optionalStringMap, queryFlag, requiredString } from '../api/input.ts'
import { iotOperation } from '../api/iot-operation.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import { byNextToken, page } from './paging.ts'
import type { ThingGroup, ThingGroupProperties, ThingGroups } from './thing-groups.ts'
import { expectedVersionOf, versionNumber } from './thing-operations.ts'
import type { Things } from './things.ts'

export interface ThingGroupDependencies {
  clock: Clock
  things: Things
  groups: ThingGroups
  groupArn: (groupName: string) => string
  onJoin: (thingName: string, groupName: string) => void
  onLeave: (thingName: string, groupName: string) => void
}

export function thingGroupOperations(deps: ThingGroupDependencies): RestOperation[] {
  return [...groupLife(deps), ...groupLists(deps), ...membership(deps)]
}

function groupLife({ clock, groups, groupArn, onLeave }: ThingGroupDependencies): RestOperation[] {
  return [
    iotOperation('CreateThingGroup', 'POST', '/thing-groups/{thingGroupName}', ({ params, body }) => {
      const parent = optionalString(body, 'parentGroupName')
      const group = groups.create(nameIn(params), parent, propertiesIn(body), clock.now())
      const { groupName, groupId } = group
      return { thingGroupName: groupName, thingGroupArn: groupArn(groupName), thingGroupId: groupId }
    }),
    iotOperation('DescribeThingGroup', 'GET', '/thing-groups/{thingGroupName}', ({ params }) =>
      description(groups, groups.get(nameIn(params)), groupArn),
    ),
    iotOperation('UpdateThingGroup', 'PATCH', '/thing-groups/{thingGroupName}', ({ params, body }) => {
      const expected = versionNumber(body['expectedVersion'])
      return { version: groups.update(nameIn(params), propertiesIn(body), expected) }
    }),
    iotOperation('DeleteThingGroup', 'DELETE', '/thing-groups/{thingGroupName}', ({ params, query }) => {
      const groupName = nameIn(params)
      for (const thingName of groups.delete(groupName, expectedVersionOf(query)))
        onLeave(thingName, groupName)
    }),
  ]
}

function description(groups: ThingGroups, group: ThingGroup, groupArn: (groupName: string) => string) {
  const ancestors = groups.ancestorsOf(group.groupName)
  return {
    thingGroupName: group.groupName,
    thingGroupId: group.groupId,
    thingGroupArn: groupArn(group.groupName),
    version: group.version,
    thingGroupProperties: {
      thingGroupDescription: group.properties.description,
      attributePayload: { attributes: group.properties.attributes },
    },
    thingGroupMetadata: {
      ...(group.parentName !== undefined && { parentGroupName: group.parentName }),
      rootToParentThingGroups: ancestors.map(({ groupName }) => ({
        groupName,
        groupArn: groupArn(groupName),
      })),
      creationDate: group.createdAt / 1000,
    },
  }
}

function groupLists({ things, groups, groupArn }: ThingGroupDependencies): RestOperation[] {
  const named = (all: readonly ThingGroup[], query: URLSearchParams) => {
    const { items, next } = page(all, query, byNextToken)
    const thingGroups = items.map(({ groupName }) => ({ groupName, groupArn: groupArn(groupName) }))
    return { thingGroups, ...(next !== undefined && { nextToken: next }) }
  }
  return [
    iotOperation('ListThingGroups', 'GET', '/thing-groups', ({ query }) => {
      const prefix = query.get('namePrefixFilter') ?? ''
      const below = groupsBelow(groups, query.get('parentGroup'), queryFlag(query, 'recursive', true))
      return named(
        below.filter(group => group.groupName.startsWith(prefix)),
        query,
      )
    }),
    iotOperation('ListThingGroupsForThing', 'GET', '/things/{thingName}/thing-groups', ({ params, query }) =>
      named(groups.groupsOf(things.get(requiredString(params, 'thingName')).thingName), query),
    ),
    iotOperation(
      'ListThingsInThingGroup',
      'GET',
      '/thing-groups/{thingGroupName}/things',
      ({ params, query }) => {
        const group = groups.get(nameIn(params))
        const searched = queryFlag(query, 'recursive') ? groups.treeOf(group.groupName) : [group]
        const names = [...new Set(searched.flatMap(({ members }) => [...members]))]
        const { items, next } = page(names, query, byNextToken)
        return { things: items, ...(next !== undefined && { nextToken: next }) }
      },
    ),
  ]
}

function groupsBelow(groups: ThingGroups, parent: string | null, recursive: boolean): ThingGroup[] {
  if (parent === null)
    return recursive ? groups.all() : groups.all().filter(group => group.parentName === undefined)
  return recursive ? groups.treeOf(parent).slice(1) : groups.childrenOf(parent)
}

function membership({ things, groups, onJoin, onLeave }: ThingGroupDependencies): RestOperation[] {
  const named = (body: RestCall['body']) => {
    const thingName = nameOrArn(body, 'thing')
    const groupName = nameOrArn(body, 'thingGroup')
    groups.get(groupName)
    things.get(thingName)
    return { thingName, groupName }
  }
  return [
    iotOperation('AddThingToThingGroup', 'PUT', '/thing-groups/addThingToThingGroup', ({ body }) => {
      const { thingName, groupName } = named(body)
      if (groups.join(groupName, thingName)) onJoin(thingName, groupName)
    }),
    iotOperation(
      'RemoveThingFromThingGroup',
      'PUT',
      '/thing-groups/removeThingFromThingGroup',
      ({ body }) => {
        const { thingName, groupName } = named(body)
        if (groups.leave(groupName, thingName)) onLeave(thingName, groupName)
      },
    ),
  ]
}

/** `thingName` or `thingArn`, `thingGroupName` or `thingGroupArn`. */
function nameOrArn(body: RestCall['body'], what: 'thing' | 'thingGroup'): string {
  const name = optionalString(body, `${what}Name`) ?? optionalString(body, `${what}Arn`)?.split('/').at(-1)
  if (name === undefined || name === '') throw invalidRequest(`Either ${what}Name or ${what}Arn is needed`)
  return name
}

function nameIn(params: RestCall['params']): string {
  return requiredString(params, 'thingGroupName')
}

function propertiesIn(body: RestCall['body']): ThingGroupProperties {
  const properties = optionalObject(body, 'thingGroupProperties') ?? {}
  const payload = optionalObject(properties, 'attributePayload') ?? {}
  return {
    description: optionalString(properties, 'thingGroupDescription') ?? '',
    attributes: optionalStringMap(payload, 'attributes') ?? {},
  }
}
