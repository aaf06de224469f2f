import type { SimulatedDevice } from '../device/simulated-device.ts'

/** What the rules need to know of a thing beside what is stored. */
export interface Watched {
  device: SimulatedDevice
  /** NEW was installed since the device's last key was made. */
  hasSwitched: boolean
  /** Somebody took away what the device relied on, or deleted the record: rule 1 is suspended. */
  isRobbed: boolean
  isRecordLost: boolean
  /** Somebody else reports in the device's name: rule 4 is suspended. */
  isImpersonated: boolean
}
