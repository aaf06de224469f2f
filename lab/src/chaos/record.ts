import { recordShadowName } from '@rotator/protocol/names'
import type { World } from '../whole/world.ts'

/** What chaos wants to know of a thing's record. */
export interface RecordSeen {
  progress: string
  newCertificateId?: string
  keep?: string
  retiring: readonly string[]
}

/** Reads past the API, where faults are. */
export function readRecord(world: World, thingName: string): RecordSeen {
  const { shadows } = world.cloud.services.shadows
  if (!shadows.namesOf(thingName).includes(recordShadowName)) return { progress: 'none', retiring: [] }
  return parseRecord(shadows.get({ thingName, shadowName: recordShadowName }).reported)
}

function parseRecord({ state }: { state: unknown }): RecordSeen {
  return { progress: 'none', retiring: [], ...(state as Partial<RecordSeen>) }
}
