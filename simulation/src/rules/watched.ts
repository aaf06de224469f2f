import type { CertificateId } from '@rotator/protocol/ids'
import type { SimulatedDevice } from '../device/simulated-device.ts'

/** What the rules need to know of a thing beside what is stored. */
export interface Watched {
  device: SimulatedDevice
  /** NEW was installed since the device's last key was made. */
  hasSwitched: boolean
  /** Somebody took away what the device relies on: rule 1 is suspended until the thing is settled on what it uses. */
  isRobbed: boolean
  /** Somebody deleted the record, and none was settled on what the device uses since. */
  isRecordLost: boolean
  /** Somebody else reports in the device's name: rule 4 is suspended. */
  isImpersonated: boolean
  /** What it said of its success reached the record too late or against a later word: held, as the operators know. */
  mayStayHeld: boolean
  /** The certificate that somebody refused or deactivated last while it was on trial, who knows which one that was. */
  takenAway: string | undefined
  /** Every certificate that the record has named since it was there. */
  readonly named: Set<CertificateId>
}

export const watching = (device: SimulatedDevice): Watched => ({
  device,
  hasSwitched: false,
  isRobbed: false,
  isRecordLost: false,
  isImpersonated: false,
  mayStayHeld: false,
  takenAway: undefined,
  named: new Set(),
})
