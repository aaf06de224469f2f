import type { ProbeOutcome } from '@rotator/rotation/device/comparison'
import type { Slot } from '@rotator/rotation/device/effects'

/** Tries an identity at the endpoint without Greengrass. */
export interface Probe {
  try(slot: Slot): Promise<ProbeOutcome>
}

/** Where nothing can be tried, the record is asked instead. */
export const noProbe: Probe = { try: async () => 'impossible' }
