import type { CloudSettings } from '../cloud/cloud-settings.ts'
import type { HomeKind } from '../device/simulated-device.ts'
import type { Stage } from './stage.ts'

/** A course of events in which a device, or the cloud, does what it does in no ordinary rotation. */
export interface Situation {
  name: string
  settings?: Partial<CloudSettings>
  /** Where the device keeps its identities; in files unless said otherwise. */
  home?: HomeKind
  /** It is little more than an ordinary rotation, so that every single fault may come on top of it. */
  withFaults?: true
  /**
   * Nobody is against it, so that messages, processes and power alone must not cost a rotation; or, `at-last`, nobody is
   * against what comes last.
   */
  mustSucceed?: 'at-once' | 'at-last'
  /** Beside what fate does; afterwards everything must come to rest as ever. */
  play: (stage: Stage) => Promise<void>
}
