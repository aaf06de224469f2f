import { type IoTClient, paginateListThingGroupsForThing } from '@aws-sdk/client-iot'
import type { ThingName } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { isNamed } from './failures.ts'
import { pageSize } from './page.ts'

/** What things are gathered in. */
export interface ThingGroups {
  /** Names of the groups that a thing is itself in, all pages; none of a thing that is not registered. */
  of(thing: ThingName): Promise<string[]>
}

const groupsSchema = v.object({ thingGroups: v.array(v.object({ groupName: v.string() })) })

export function iotThingGroups(client: IoTClient): ThingGroups {
  return {
    async of(thingName) {
      const names: string[] = []
      try {
        for await (const page of paginateListThingGroupsForThing({ client, pageSize }, { thingName })) {
          names.push(...v.parse(groupsSchema, page).thingGroups.map(({ groupName }) => groupName))
        }
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error
      }
      return names
    },
  }
}
