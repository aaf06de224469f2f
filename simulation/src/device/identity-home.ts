import type { IdentityStore } from '@rotator/component/identities/identity-store'
import type { Slot } from '@rotator/rotation/device/effects'
import type { CutFault } from '../faults/fault.ts'
import type { Stored } from './stored-identities.ts'

/** Where a device keeps its identities: in files on its disk, or in a token. */
export interface IdentityHome {
  /** The store of a new process of the component. */
  store: () => IdentityStore
  stored: () => Promise<Stored>
  /** Grows with whatever changes outside the disk. */
  readonly changes: number
  /** The certificate that a probe of that slot would connect with; undefined where it has none, or cannot be tried. */
  inSlot: (slot: Slot) => Promise<string | undefined>
  /** Whether Greengrass can load anything from it now. */
  readonly isThere: boolean
  /** From now on it is not there for so many looks of the component at it. */
  hideFor: (looks: number) => void
  /** What can befall the device before or after it carries out an order. */
  readonly cuts: readonly CutFault[]
}
