import type { Device } from '../fleet/device.ts'
import { attachedNow, recordOf } from './rotation.ts'
import type { World } from './world.ts'

/** What an attack must leave as it is: what the record says, and which certificates are attached. */
export interface Standing {
  record: Record<string, unknown>
  attached: string[]
}

/** The mark of a record that says nothing yet counts as none: it is made before anything is decided. */
export async function standingOf(world: World, device: Device): Promise<Standing> {
  const { schema: _mark, ...record } = (await recordOf(world, device)) ?? {}
  return { record, attached: (await attachedNow(world, device)).toSorted() }
}
