import type { Happening } from './happening.ts'
import { happeningsByPeople } from './happenings/by-people.ts'
import { happeningsOnDevices } from './happenings/on-devices.ts'
import { happeningsToDevices } from './happenings/to-devices.ts'
import { happeningsToTheCloud } from './happenings/to-the-cloud.ts'

/** Everything that can happen in a seeded run beside the faults at points. */
export const happenings: Readonly<Record<string, Happening>> = {
  ...happeningsToDevices,
  ...happeningsOnDevices,
  ...happeningsToTheCloud,
  ...happeningsByPeople,
}
