import {
  GetThingShadowCommand,
  type IoTDataPlaneClient,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane'
import type { ThingName } from '@rotator/protocol/ids'
import { recordShadowName } from '@rotator/protocol/names'
import { recordMarker } from '@rotator/rotation/record/shadow'
import { isNamed } from './failures.ts'

/** What the record's shadow reports, unread, and the version that a write is conditional on. */
export interface StoredRecord {
  reported: unknown
  version: number
}

/** The thing's named shadow that holds the record of its rotation. */
export interface RecordStore {
  /** @returns undefined where there is no shadow */
  read(thing: ThingName): Promise<StoredRecord | undefined>
  /** Makes the shadow where there is none. Updates merge, so over an existing record it changes nothing. */
  mark(thing: ThingName): Promise<void>
  /**
   * Merges `reported` into the shadow, if it still has this version; a null removes a field.
   *
   * @returns the version that it has now, or `lost` where somebody wrote first: nothing was changed
   */
  write(
    thing: ThingName,
    reported: Readonly<Record<string, unknown>>,
    version: number,
  ): Promise<number | 'lost'>
}

export function shadowRecordStore(client: IoTDataPlaneClient): RecordStore {
  const update = (thing: ThingName, document: object) =>
    client.send(
      new UpdateThingShadowCommand({
        thingName: thing,
        shadowName: recordShadowName,
        payload: Buffer.from(JSON.stringify(document)),
      }),
    )
  return {
    async read(thing) {
      try {
        const { payload } = await client.send(
          new GetThingShadowCommand({ thingName: thing, shadowName: recordShadowName }),
        )
        return parseShadow(payload)
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return undefined
        throw error
      }
    },
    async mark(thing) {
      await update(thing, { state: { reported: recordMarker } })
    },
    async write(thing, reported, version) {
      try {
        const { payload } = await update(thing, { state: { reported }, version })
        return parseShadow(payload).version
      } catch (error) {
        if (isNamed(error, 'ConflictException')) return 'lost'
        throw error
      }
    },
  }
}

const utf8 = new TextDecoder()

function parseShadow(payload: Uint8Array | undefined): StoredRecord {
  const shadow = JSON.parse(utf8.decode(payload)) as {
    state?: { reported?: unknown }
    version: number
  }
  return { reported: shadow.state?.reported, version: shadow.version }
}
