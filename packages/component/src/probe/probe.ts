import type { Comparison, ProbeOutcome } from '@rotator/rotation/device/comparison'
import type { Slot } from '@rotator/rotation/device/effects'

/** Tries identities at the endpoint without Greengrass. */
export interface Probe {
  /** Whether the endpoint lets that identity connect. */
  try(slot: Slot): Promise<ProbeOutcome>
  /** Whether the one on trial does as well as the reference, which is tried before and after it. */
  compare(reference: Slot, trial: Slot): Promise<Comparison>
}

/** A probe that has one way to try an identity. */
export const probeBy = (tryOne: (slot: Slot) => Promise<ProbeOutcome>): Probe => ({
  try: tryOne,
  compare: async (reference, trial) => ({
    before: await tryOne(reference),
    trial: await tryOne(trial),
    after: await tryOne(reference),
  }),
})

/** Where nothing can be tried, the record is asked instead. */
export const noProbe: Probe = probeBy(async () => 'impossible')
