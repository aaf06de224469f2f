import { type IoTClient, ListThingsCommand } from '@aws-sdk/client-iot'
import { type ThingName, thingNameSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { type Page, pageSize } from './page.ts'

/** The things of the account. */
export interface Things {
  list(page: string | undefined): Promise<Page<ThingName>>
}

const pageSchema = v.object({
  things: v.array(v.object({ thingName: thingNameSchema })),
  nextToken: v.optional(v.string()),
})

export function iotThings(client: IoTClient): Things {
  return {
    async list(nextToken) {
      const answer = await client.send(new ListThingsCommand({ maxResults: pageSize, nextToken }))
      const page = v.parse(pageSchema, answer)
      return { items: page.things.map(({ thingName }) => thingName), next: page.nextToken }
    },
  }
}
