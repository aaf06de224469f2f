import type { CloudSettings } from '../cloud/simulated-cloud.ts'
import type { Stage } from './stage.ts'

/** A course of events in which a device, or the cloud, does what it does in no ordinary rotation. */
export interface Situation {
  name: string
  settings?: Partial<CloudSettings>
  /** Beside what fate does; afterwards everything must come to rest as ever. */
  play: (stage: Stage) => Promise<void>
}
